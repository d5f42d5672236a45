#pragma once
#include <alsa/asoundlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>

static inline void calsa_say_nothing(const char *file, int line, const char *function, int err, const char *fmt, ...) {
  (void)file, (void)line, (void)function, (void)err, (void)fmt;
}

/// Stops libasound from writing its own words to standard error. Its handler is variadic, which Swift cannot write.
static inline void calsa_silence(void) { snd_lib_error_set_handler(calsa_say_nothing); }

/// Names the calling thread, for ps and debuggers.
static inline void calsa_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
