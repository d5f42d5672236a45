#pragma once

/// How many words the process was started with, the program's name among them. What the loader handed over at the start
/// counts, wherever the environment has moved since; 0 if it handed over nothing.
int carguments_count(void);

/// One of them, as the bytes that they are; NULL beyond the last.
const char *carguments_word(int index);
