#pragma once
#include <stddef.h>
#include <stdint.h>

// JPEG to grey through libjpeg. libjpeg reports errors through a callback that must not return; the shim leaves it
// with longjmp, which Swift frames must not see. No function here is safe for use of one decoder by two threads.

typedef enum {
    CJPEG_OK = 0,
    // The bytes end before the picture does.
    CJPEG_TRUNCATED,
    // Broken data, or a kind of JPEG that libjpeg cannot read; see `cjpeg_message`.
    CJPEG_CORRUPT,
    // A side of no pixels or of more than libjpeg takes (65,500), or no components; width and height can be asked.
    CJPEG_BAD_SIZE,
    // More memory than the limit, or than there is.
    CJPEG_NO_MEMORY,
} cjpeg_status;

typedef struct cjpeg_decoder cjpeg_decoder;

// Reads the header of `size` bytes, which must stay valid until `cjpeg_close`. NULL only where memory is out;
// otherwise `status` says whether the other functions may be called.
cjpeg_decoder *cjpeg_open(const uint8_t *bytes, size_t size, size_t max_memory, cjpeg_status *status);

// Full size in pixels, as stored (not yet turned by the EXIF orientation).
uint32_t cjpeg_width(const cjpeg_decoder *);
uint32_t cjpeg_height(const cjpeg_decoder *);

// The contents of the first APP1 segment that begins with "Exif\0\0", without these six bytes, where they lie in the bytes
// given; NULL if there is none.
const uint8_t *cjpeg_exif(const cjpeg_decoder *, size_t *size);

// Decodes the luma at 1 / denominator (1, 2, 4, 8) of the full size into ceil(height / denominator) rows of
// ceil(width / denominator) pixels; `capacity` is the room in `pixels`. Missing or damaged data is an error.
cjpeg_status cjpeg_decode_grey(cjpeg_decoder *, int denominator, uint8_t *pixels, size_t capacity);

// What libjpeg said of the last error, or "".
const char *cjpeg_message(const cjpeg_decoder *);

void cjpeg_close(cjpeg_decoder *);
