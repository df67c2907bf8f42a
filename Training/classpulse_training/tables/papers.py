"""What the two papers print (Wang & Lai 2023; the study on fused sets), in per cent."""

ABLATION = [
    ("ds-base", "base", 69.83, 94.56, 1_695_720),
    ("ds-fusion", "+ fusion", 71.64, 96.83, 2_036_425),
    ("ds-fusion-se", "+ SE in the shallow branch", 72.89, 97.77, 4_373_248),
    ("ds-efficientnet", "+ GAP instead of FC", 73.47, 98.84, 1_749_300),
]
"""Our network, the row's part, FER2013, CK+, parameters."""

COMPARISON = [
    ("vgg16", "VGG16", 70.12, 0.73, 95.24, 0.96, 139_357_544),
    ("resnet50", "ResNet50", 71.15, 0.75, 94.13, 0.98, 25_502_912),
    ("xception", "Xception", 66.80, 0.70, 97.48, 0.96, 16_691_895),
    ("inception-v3", "InceptionV3", 70.13, 0.72, 94.02, 0.97, 23_614_078),
    ("mobilenet-v2", "MobileNetV2", 72.28, 0.74, 92.43, 0.98, 3_447_520),
    ("efficientnet-b0", "EfficientNet-B0", 71.56, 0.73, None, None, 1_695_720),
    ("ds-efficientnet", "DS-EfficientNet", 73.47, 0.76, 98.84, None, 1_749_300),
]
"""Our network, its name, FER2013 accuracy and F1, CK+ accuracy and F1, parameters."""

FER2013_RECALL = {"happy": 91, "surprise": 82}
