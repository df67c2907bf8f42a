#pragma once
#include <stddef.h>
#include <stdint.h>

// PNG to grey through libpng; errors leave libpng with longjmp, which Swift frames must not see.

typedef enum {
    CPNG_OK = 0,
    // The bytes end before the picture does.
    CPNG_TRUNCATED,
    // Broken data; see `cpng_message`.
    CPNG_CORRUPT,
    CPNG_NO_MEMORY,
} cpng_status;

typedef struct cpng_decoder cpng_decoder;

// Reads all chunks before the pixels of `size` bytes, which must stay valid until `cpng_close`. The header must name
// a picture of exactly `width` x `height` pixels. NULL only where memory is out; otherwise `status` says whether the
// other functions may be called.
cpng_decoder *cpng_open(const uint8_t *bytes, size_t size, uint32_t width, uint32_t height, cpng_status *status);

// The contents of the eXIf chunk if it stands before the pixels, else NULL.
const uint8_t *cpng_exif(const cpng_decoder *, size_t *size);

// Decodes into `height` rows of `width` pixels: BT.601 luma of what is seen on white where the picture is transparent.
// Missing or damaged data is an error.
cpng_status cpng_decode_grey(cpng_decoder *, uint8_t *pixels, size_t capacity);

// What libpng said of the last error, or "".
const char *cpng_message(const cpng_decoder *);

void cpng_close(cpng_decoder *);

// Writes 8-bit pixels, 1 (grey) or 3 (RGB) channels, rows one after the other, as a PNG file to `sink`.
cpng_status cpng_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
    void (*sink)(void *context, const uint8_t *bytes, size_t count), void *context);
