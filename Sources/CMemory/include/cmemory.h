#pragma once

/// Before anything else is done: sees to it that freed memory goes back to the system.
void cmemory_prepare(void);

/// Once all is running: gives back what only the start needed, freed blocks and the pages of code that was run once.
void cmemory_settle(void);
