/* How a call is passed to the server that has the directory: over the Unix socket DIR/socket.

   The caller sends a head, with its three standard streams and its current folder beside it (SCM_RIGHTS), and then the body: texts
   that each end with a zero byte, $TMPDIR (empty: none) and the words of the call. The server answers with a byte when the command
   begins, and with its exit code when it has ended. Who hangs up wants no more. A connection that is closed without the first
   answer has changed nothing. */
#ifndef COMMAND_PASSING_H
#define COMMAND_PASSING_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PASSED_DESCRIPTORS = 4, PASSED_LIMIT = 4 * 1024 * 1024, PASSING_BEGUN = 'b' };

struct passing_head {
    char mark[8]; /* PASSING_MARK */
    uint32_t bytes, language, mask; /* of the body; enum language; umask */
};
#define PASSING_MARK "mingbai1"

/* The socket's address by the folder's descriptor, as the path of a data directory may be longer than an address has room for. */
struct sockaddr_un passing_address(int folder);

#endif
