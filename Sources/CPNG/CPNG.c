#include "CPNG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// Bounds what ancillary chunks may take; pixels are not bound by it.
enum { MAX_CHUNK_BYTES = 4 << 20, MAX_CHUNKS = 64 };

// Chunks that may hold much, compressed text and profiles among them, and say nothing of grey values.
static const uint8_t SKIPPED[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0pCAL\0hIST";

struct cpng_decoder {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t left;
    cpng_status status;
    char message[160];
};

static void fail(png_structp png, png_const_charp text) {
    cpng_decoder *decoder = png_get_error_ptr(png);
    if (decoder->status == CPNG_OK) {
        decoder->status = strcmp(text, "Out of memory") == 0 ? CPNG_NO_MEMORY : CPNG_CORRUPT;
        snprintf(decoder->message, sizeof decoder->message, "%s", text);
    }
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    cpng_decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->left) {
        decoder->status = CPNG_TRUNCATED;
        snprintf(decoder->message, sizeof decoder->message, "the data ends before the picture does");
        png_error(png, decoder->message);
    }
    memcpy(target, decoder->bytes, count);
    decoder->bytes += count;
    decoder->left -= count;
}

cpng_decoder *cpng_open(const uint8_t *bytes, size_t size, uint32_t width, uint32_t height, cpng_status *status) {
    *status = CPNG_NO_MEMORY;
    cpng_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return NULL;
    decoder->bytes = bytes;
    decoder->left = size;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, ignore_warning);
    if (decoder->png != NULL) decoder->info = png_create_info_struct(decoder->png);
    if (decoder->info == NULL) {
        cpng_close(decoder);
        return NULL;
    }
    if (setjmp(png_jmpbuf(decoder->png)) != 0) {
        *status = decoder->status;
        return decoder;
    }
    png_set_crc_action(decoder->png, PNG_CRC_DEFAULT, PNG_CRC_ERROR_QUIT);  // transparency is an ancillary chunk
    png_set_user_limits(decoder->png, width, height);
    png_set_chunk_malloc_max(decoder->png, MAX_CHUNK_BYTES);
    png_set_chunk_cache_max(decoder->png, MAX_CHUNKS);
    png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, SKIPPED, sizeof SKIPPED / 5);
    png_set_read_fn(decoder->png, decoder, read_bytes);
    png_read_info(decoder->png, decoder->info);
    if (png_get_image_width(decoder->png, decoder->info) != width
        || png_get_image_height(decoder->png, decoder->info) != height)
        png_error(decoder->png, "two different headers");
    *status = CPNG_OK;
    return decoder;
}

const uint8_t *cpng_exif(const cpng_decoder *decoder, size_t *size) {
    png_uint_32 count = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(decoder->png, decoder->info, &count, &exif) == 0) exif = NULL;
    *size = exif == NULL ? 0 : count;
    return exif;
}

// One row, 1 to 4 channels of 8 bits, to grey pixels `step` apart.
static void write_grey(uint8_t *target, size_t step, const uint8_t *row, uint32_t width, int channels) {
    int alpha = channels == 2 || channels == 4;
    for (uint32_t x = 0; x < width; x++, row += channels, target += step) {
        uint32_t grey = channels < 3 ? row[0] : (19595u * row[0] + 38470u * row[1] + 7471u * row[2] + 32768) >> 16;
        if (alpha) grey = (grey * row[channels - 1] + 255u * (255 - row[channels - 1]) + 127) / 255;
        *target = (uint8_t)grey;
    }
}

cpng_status cpng_decode_grey(cpng_decoder *decoder, uint8_t *pixels, size_t capacity) {
    png_structp png = decoder->png;
    png_bytep volatile row = NULL;  // freed after a longjmp
    if (setjmp(png_jmpbuf(png)) != 0) {
        free(row);
        return decoder->status;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_read_update_info(png, decoder->info);
    uint32_t width = png_get_image_width(png, decoder->info), height = png_get_image_height(png, decoder->info);
    if ((uint64_t)width * height > capacity) png_error(png, "no room for the picture");
    row = malloc(png_get_rowbytes(png, decoder->info));
    if (row == NULL) png_error(png, "Out of memory");
    int channels = png_get_channels(png, decoder->info);
    // An interlaced picture is seven small ones whose pixels are spread over the whole; the loop is over their rows.
    int interlaced = png_get_interlace_type(png, decoder->info) == PNG_INTERLACE_ADAM7;
    for (int pass = 0; pass < (interlaced ? 7 : 1); pass++) {
        uint32_t columns = interlaced ? PNG_PASS_COLS(width, pass) : width;
        uint32_t rows = interlaced ? PNG_PASS_ROWS(height, pass) : height;
        if (columns == 0) continue;
        for (uint32_t y = 0; y < rows; y++) {
            png_read_row(png, row, NULL);
            size_t line = interlaced ? PNG_ROW_FROM_PASS_ROW(y, pass) : y;
            size_t first = interlaced ? PNG_PASS_START_COL(pass) : 0;
            size_t step = interlaced ? PNG_PASS_COL_OFFSET(pass) : 1;
            write_grey(pixels + line * width + first, step, row, columns, channels);
        }
    }
    png_read_end(png, NULL);
    free(row);
    return CPNG_OK;
}

const char *cpng_message(const cpng_decoder *decoder) { return decoder->message; }

void cpng_close(cpng_decoder *decoder) {
    if (decoder == NULL) return;
    png_destroy_read_struct(&decoder->png, decoder->info == NULL ? NULL : &decoder->info, NULL);
    free(decoder);
}

struct cpng_sink {
    void (*write)(void *context, const uint8_t *bytes, size_t count);
    void *context;
};

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    struct cpng_sink *sink = png_get_io_ptr(png);
    sink->write(sink->context, bytes, count);
}

static void flush_nothing(png_structp png) { (void)png; }

cpng_status cpng_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
    void (*sink)(void *context, const uint8_t *bytes, size_t count), void *context) {
    struct cpng_sink target = {sink, context};
    struct cpng_decoder errors = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors, fail, ignore_warning);
    png_infop volatile info = NULL;
    if (png == NULL) return CPNG_NO_MEMORY;
    if (setjmp(png_jmpbuf(png)) == 0) {
        info = png_create_info_struct(png);
        if (info == NULL) png_error(png, "Out of memory");
        png_set_write_fn(png, &target, write_bytes, flush_nothing);
        int colour = channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY;
        png_set_IHDR(png, info, width, height, 8, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * width * channels);
        png_write_end(png, info);
    }
    png_infop made = info;
    png_destroy_write_struct(&png, &made);
    return errors.status;
}
