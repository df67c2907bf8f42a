#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// A progressive file may announce scans without end, each a pass over the whole picture; encoders write about ten.
enum { MAX_SCANS = 100 };

struct cjpeg_decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf failure;
    const uint8_t *exif;
    size_t exif_size;
    cjpeg_status status;
    char message[JMSG_LENGTH_MAX];
};

static void fail(cjpeg_decoder *decoder, cjpeg_status status) {
    decoder->status = status;
    longjmp(decoder->failure, 1);
}

static void error_exit(j_common_ptr common) {
    cjpeg_decoder *decoder = common->client_data;
    common->err->format_message(common, decoder->message);
    switch (common->err->msg_code) {
    case JERR_EMPTY_IMAGE:
    case JERR_IMAGE_TOO_BIG:
        fail(decoder, CJPEG_BAD_SIZE);
    case JERR_NO_BACKING_STORE:  // the memory limit: libjpeg would go on in a file, and this build has none
    case JERR_OUT_OF_MEMORY:
        fail(decoder, CJPEG_NO_MEMORY);
    default:
        fail(decoder, CJPEG_CORRUPT);
    }
}

// Level -1 is a warning: libjpeg goes on with a guess. Only guesses that do not touch the pixels are let through.
static void emit_message(j_common_ptr common, int level) {
    if (level >= 0) return;
    switch (common->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:  // a baseline scan header with fields that only progressive ones use
        return;
    default:
        error_exit(common);
    }
}

static void output_message(j_common_ptr common) { (void)common; }

static void init_source(j_decompress_ptr jpeg) { (void)jpeg; }

static void term_source(j_decompress_ptr jpeg) { (void)jpeg; }

// All bytes are given at the start; asking for more means that the file ends too early.
static boolean fill_input_buffer(j_decompress_ptr jpeg) {
    cjpeg_decoder *decoder = jpeg->client_data;
    snprintf(decoder->message, sizeof decoder->message, "the data ends before the picture does");
    fail(decoder, CJPEG_TRUNCATED);
    return FALSE;
}

static void skip_input_data(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) fill_input_buffer(jpeg);
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

// libjpeg's own way to keep segments walks through all it has kept for each new one: a million empty ones would take an
// hour or more.
static boolean read_app1(j_decompress_ptr jpeg) {
    static const uint8_t name[6] = {'E', 'x', 'i', 'f', 0, 0};
    cjpeg_decoder *decoder = jpeg->client_data;
    const uint8_t *segment = jpeg->src->next_input_byte;
    if (jpeg->src->bytes_in_buffer < 2) fill_input_buffer(jpeg);
    size_t size = (size_t)segment[0] << 8 | segment[1];  // with these two bytes
    if (size < 2) size = 2;
    skip_input_data(jpeg, (long)size);
    if (decoder->exif == NULL && size >= 2 + sizeof name && memcmp(segment + 2, name, sizeof name) == 0) {
        decoder->exif = segment + 2 + sizeof name;
        decoder->exif_size = size - 2 - sizeof name;
    }
    return TRUE;
}

static void watch_scans(j_common_ptr common) {
    cjpeg_decoder *decoder = common->client_data;
    if (decoder->jpeg.input_scan_number > MAX_SCANS) {
        snprintf(decoder->message, sizeof decoder->message, "more than %d scans", MAX_SCANS);
        fail(decoder, CJPEG_CORRUPT);
    }
}

cjpeg_decoder *cjpeg_open(const uint8_t *bytes, size_t size, size_t max_memory, cjpeg_status *status) {
    cjpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) {
        *status = CJPEG_NO_MEMORY;
        return NULL;
    }
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = error_exit;
    decoder->errors.emit_message = emit_message;
    decoder->errors.output_message = output_message;
    decoder->jpeg.client_data = decoder;
    if (setjmp(decoder->failure) != 0) {
        *status = decoder->status;
        return decoder;
    }
    jpeg_create_decompress(&decoder->jpeg);
    decoder->jpeg.mem->max_memory_to_use = (long)max_memory;
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = size,
        .init_source = init_source,
        .fill_input_buffer = fill_input_buffer,
        .skip_input_data = skip_input_data,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = term_source,
    };
    decoder->jpeg.src = &decoder->source;
    decoder->progress.progress_monitor = watch_scans;
    decoder->jpeg.progress = &decoder->progress;
    jpeg_set_marker_processor(&decoder->jpeg, JPEG_APP0 + 1, read_app1);
    jpeg_read_header(&decoder->jpeg, TRUE);
    *status = CJPEG_OK;
    return decoder;
}

uint32_t cjpeg_width(const cjpeg_decoder *decoder) { return decoder->jpeg.image_width; }

uint32_t cjpeg_height(const cjpeg_decoder *decoder) { return decoder->jpeg.image_height; }

const uint8_t *cjpeg_exif(const cjpeg_decoder *decoder, size_t *size) {
    *size = decoder->exif_size;
    return decoder->exif;
}

// Fails where the file ended before every coefficient of what the luma is made of had come, however coarse.
static void check_scans(cjpeg_decoder *decoder) {
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    for (int i = 0; i < jpeg->num_components; i++) {
        if (!jpeg->comp_info[i].component_needed) continue;
        int missing = jpeg->comp_info[i].quant_table == NULL;  // in no scan
        for (int k = 0; jpeg->progressive_mode && jpeg->coef_bits != NULL && k < DCTSIZE2; k++)
            missing |= jpeg->coef_bits[i][k] != 0;  // bits still to come, -1 for all
        if (!missing) continue;
        snprintf(decoder->message, sizeof decoder->message, "scans are missing");
        fail(decoder, CJPEG_CORRUPT);
    }
}

// Luma of a row of CMYK, in place. Adobe's programs, and so nearly all CMYK files, store 255 - ink.
static void grey_of_cmyk(uint8_t *row, const uint8_t *cmyk, uint32_t width, int inverted) {
    for (uint32_t x = 0; x < width; x++, cmyk += 4) {
        uint32_t c = cmyk[0], m = cmyk[1], y = cmyk[2], k = cmyk[3];
        if (!inverted) c = 255 - c, m = 255 - m, y = 255 - y, k = 255 - k;
        uint32_t light = (19595 * c + 38470 * m + 7471 * y + 32768) >> 16;
        row[x] = (uint8_t)((light * k + 127) / 255);
    }
}

cjpeg_status cjpeg_decode_grey(cjpeg_decoder *decoder, int denominator, uint8_t *pixels, size_t capacity) {
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    if (setjmp(decoder->failure) != 0) return decoder->status;
    int four = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
    jpeg->scale_num = 1;
    jpeg->scale_denom = (unsigned)denominator;
    jpeg_start_decompress(jpeg);
    uint32_t width = jpeg->output_width;
    if ((uint64_t)width * jpeg->output_height > capacity) {
        snprintf(decoder->message, sizeof decoder->message, "no room for %u x %u pixels", width, jpeg->output_height);
        fail(decoder, CJPEG_NO_MEMORY);
    }
    JSAMPARRAY inks = NULL;
    if (four) inks = jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE, width * 4, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = pixels + (size_t)jpeg->output_scanline * width;
        jpeg_read_scanlines(jpeg, four ? inks : &row, 1);
        if (four) grey_of_cmyk(row, inks[0], width, jpeg->saw_Adobe_marker);
    }
    check_scans(decoder);
    jpeg_finish_decompress(jpeg);  // reads on to the end-of-image marker
    return CJPEG_OK;
}

const char *cjpeg_message(const cjpeg_decoder *decoder) { return decoder->message; }

void cjpeg_close(cjpeg_decoder *decoder) {
    if (decoder == NULL) return;
    jpeg_destroy_decompress(&decoder->jpeg);
    free(decoder);
}
