#pragma once

/// The MPEG decoder that libsndfile uses, kept from writing to standard error. Nothing calls this: it takes the place of the
/// decoder library's own function when the program is linked.
void *mpg123_new(const char *decoder, int *error);
