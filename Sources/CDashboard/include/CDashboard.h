#pragma once
#include <stddef.h>

/// One file of Sources/Dashboard/Assets, embedded at compile time.
struct dashboard_asset {
    const char *path;
    const unsigned char *bytes;
    size_t size;
};

/// The assets by index, NULL past the last one.
const struct dashboard_asset *dashboard_asset_at(size_t index);
