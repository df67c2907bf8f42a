#include "CModels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char classifier[] = {
#embed "../Models/Resources/ds-efficientnet.onnx"
};
const struct cmodels_file cmodels_classifier = {classifier, sizeof classifier};

static const unsigned char classifier_card[] = {
#embed "../Models/Resources/ds-efficientnet.json"
};
const struct cmodels_file cmodels_classifier_card = {classifier_card, sizeof classifier_card};

static const unsigned char detector[] = {
#embed "../Models/Resources/face-detector.onnx"
};
const struct cmodels_file cmodels_detector = {detector, sizeof detector};

static const unsigned char detector_card[] = {
#embed "../Models/Resources/face-detector.json"
};
const struct cmodels_file cmodels_detector_card = {detector_card, sizeof detector_card};

static const unsigned char refiner[] = {
#embed "../Models/Resources/face-refiner.onnx"
};
const struct cmodels_file cmodels_refiner = {refiner, sizeof refiner};

static const unsigned char refiner_card[] = {
#embed "../Models/Resources/face-refiner.json"
};
const struct cmodels_file cmodels_refiner_card = {refiner_card, sizeof refiner_card};
