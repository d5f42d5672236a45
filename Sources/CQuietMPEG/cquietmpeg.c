#define _GNU_SOURCE
#include "cquietmpeg.h"

#include <dlfcn.h>
#include <stddef.h>

// mpg123.h: MPG123_ADD_FLAGS and MPG123_QUIET. libsndfile makes its decoders with mpg123_new and leaves them free to print
// warnings of their own, in their own words, between those of the program.
enum { add_flags = 2, quiet = 0x20 };

__attribute__((visibility("default"), used)) void *mpg123_new(const char *decoder, int *error) {
  void *(*make)(const char *, int *) = (void *(*)(const char *, int *))dlsym(RTLD_NEXT, "mpg123_new");
  int (*set)(void *, int, long, double) = (int (*)(void *, int, long, double))dlsym(RTLD_NEXT, "mpg123_param");
  if (make == NULL) return NULL;
  void *handle = make(decoder, error);
  if (handle != NULL && set != NULL) set(handle, add_flags, quiet, 0);
  return handle;
}
