"""Becomes digitd as systemd starts it with a Unix socket and a TCP port passed on: passed_sockets.py FOLDER DIGITD…

The rest is the daemon's command. The Unix socket is FOLDER/s; the port, a free one of this machine only, is the one line on
standard output. Both listen from then on: what is sent to them waits until the daemon has started.
"""

import os
import socket
import sys


def main(folder, *daemon):
    listeners = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_INET)]
    listeners[0].bind(f"{folder}/s")
    listeners[1].bind(("127.0.0.1", 0))
    for listener in listeners:
        listener.listen(8)
    print(listeners[1].getsockname()[1], flush=True)
    # Out of the way of 3 and 4 first.
    high = [os.dup2(listener.fileno(), 20 + i) for i, listener in enumerate(listeners)]
    for i, descriptor in enumerate(high):
        os.dup2(descriptor, 3 + i)
        os.close(descriptor)
    # What it says of digits is not this line.
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.environ.update(LISTEN_FDS="2", LISTEN_PID=str(os.getpid()))
    os.execv(daemon[0], daemon)


if __name__ == "__main__":
    main(*sys.argv[1:])
