#pragma once

/// Before anything else is done: sees to it that freed memory goes back to the system.
void cmemory_prepare(void);

/// Once all is running: gives back the blocks that the start has freed.
void cmemory_settle(void);
