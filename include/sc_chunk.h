/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large buffers that all connections of a process share. A connection's own
 * allocator keeps what it once had for as long as the connection lives, which
 * may be hours of idling; these buffers go back as soon as they are empty.
 *
 * Life time: of the process. A bounded number of free ones is kept, the others
 * go back to the system.
 * Threads: internally locked.
 */
#ifndef SC_CHUNK_H
#define SC_CHUNK_H

/* Bytes of a buffer: 64 KB of plaintext, and what TLS adds to its records. */
#define SC_CHUNK_SIZE (65536 + 1024)

/* Returns a buffer of SC_CHUNK_SIZE bytes with anything in it. Ends the process
 * if there is no memory, as pools do in httpd. */
char *sc_chunk_take(void);

/* Gives a buffer back; the type is that of a heap bucket's free function. */
void sc_chunk_give(void *chunk);

#endif
