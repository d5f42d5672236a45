#include "carguments.h"

#include <stddef.h>

static int count;
static char **words;

// The C library hands these to each function that runs before main. Swift's own look for them begins at the environment,
// and finds nothing once a preloaded library has set a variable.
__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  words = argv;
}

int carguments_count(void) { return words == NULL ? 0 : count; }

const char *carguments_word(int index) { return index < 0 || index >= carguments_count() ? NULL : words[index]; }
