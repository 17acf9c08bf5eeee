#include "CVips.h"

#include <string.h>
#include <vips/vips.h>
// Not part of the header of everything.
#include <vips/vector.h>

int haat_vips_start(void) {
    if (VIPS_INIT("haat") != 0) return -1;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_cache_set_max_mem(0);
    vips_cache_set_max_files(0);
    vips_block_untrusted_set(TRUE);
    vips_vector_set_enabled(FALSE);
    return 0;
}

int haat_vips_measure(const void *bytes, size_t count, int *width, int *height) {
    VipsImage *image = vips_image_new_from_buffer(bytes, count, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (image == NULL) return -1;
    int lies = vips_image_get_orientation(image) >= 5;
    *width = lies ? image->Ysize : image->Xsize;
    *height = lies ? image->Xsize : image->Ysize;
    g_object_unref(image);
    return 0;
}

// JPEG knows no transparency: what is seen through is white.
static int save_jpeg(VipsImage *image, void **out, size_t *count) {
    VipsImage *opaque = NULL;
    if (vips_image_hasalpha(image)) {
        VipsArrayDouble *white = vips_array_double_newv(1, 255.0);
        int failed = vips_flatten(image, &opaque, "background", white, NULL);
        vips_area_unref(VIPS_AREA(white));
        if (failed) return -1;
    }
    int failed = vips_jpegsave_buffer(opaque == NULL ? image : opaque, out, count, "Q", 82, "strip", TRUE,
                                      "optimize_coding", TRUE, "interlace", TRUE, NULL);
    if (opaque != NULL) g_object_unref(opaque);
    return failed;
}

static void *note_name(VipsImage *image, const char *name, GValue *value, void *names) {
    g_ptr_array_add(names, g_strdup(name));
    return NULL;
}

// Savers write some of what they find in spite of "strip": nothing is left to be found.
static int forget_metadata(VipsImage *image, VipsImage **out) {
    if (vips_copy(image, out, NULL) != 0) return -1;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    vips_image_map(*out, (VipsImageMapFn)note_name, names);
    for (guint index = 0; index < names->len; index++) {
        const char *name = names->pdata[index];
        if (g_str_has_prefix(name, "exif-") || g_str_has_suffix(name, "-data")) vips_image_remove(*out, name);
    }
    g_ptr_array_unref(names);
    return 0;
}

int haat_vips_scale(const void *bytes, size_t count, int width, enum haat_vips_type type, void **out, size_t *out_count,
                    int *out_width, int *out_height) {
    VipsImage *found = NULL, *image = NULL;
    if (vips_thumbnail_buffer((void *)bytes, count, &found, width, "height", VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN,
                              "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_ERROR, NULL) != 0)
        return -1;
    int forgotten = forget_metadata(found, &image);
    g_object_unref(found);
    if (forgotten != 0) return -1;
    int failed = type == HAAT_VIPS_JPEG
                     ? save_jpeg(image, out, out_count)
                     : vips_webpsave_buffer(image, out, out_count, "Q", 80, "strip", TRUE, NULL);
    *out_width = image->Xsize;
    *out_height = image->Ysize;
    g_object_unref(image);
    return failed;
}

void haat_vips_free(void *bytes) { g_free(bytes); }

void haat_vips_take_error(char *text, size_t count) {
    strncpy(text, vips_error_buffer(), count - 1);
    text[count - 1] = 0;
    vips_error_clear();
}

void haat_vips_leave_thread(void) { vips_thread_shutdown(); }
