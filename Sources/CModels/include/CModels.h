#pragma once
#include <stddef.h>

/// A file of Sources/Models/Resources, embedded when the package is built.
struct cmodels_file {
    const unsigned char *bytes;
    size_t size;
};

extern const struct cmodels_file cmodels_classifier, cmodels_classifier_card;
extern const struct cmodels_file cmodels_detector, cmodels_detector_card;
extern const struct cmodels_file cmodels_refiner, cmodels_refiner_card;
