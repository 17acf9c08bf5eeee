// What pictures are made with: libvips' functions take their options as variable arguments, which Swift can't pass.
#ifndef HAAT_CVIPS_H
#define HAAT_CVIPS_H

#include <stddef.h>

enum haat_vips_type { HAAT_VIPS_WEBP, HAAT_VIPS_JPEG };

// Once, before anything else; 0 where the library is ready. One thread for each picture, nothing cached, no loader that is not meant for
// files of strangers, and no code made at run time.
int haat_vips_start(void);

// The size of a picture that stands upright, from its head alone; 0 where it can be told.
int haat_vips_measure(const void *bytes, size_t count, int *width, int *height);

// A picture no wider than `width`, upright, in sRGB and without metadata; 0 where it was made. `out` is freed by haat_vips_free.
int haat_vips_scale(const void *bytes, size_t count, int width, enum haat_vips_type type, void **out, size_t *out_count,
                    int *out_width, int *out_height);

void haat_vips_free(void *bytes);

// Copies what went wrong last, cut to `count` bytes, and forgets it.
void haat_vips_take_error(char *text, size_t count);

// Gives back what the library keeps for the calling thread.
void haat_vips_leave_thread(void);

#endif
