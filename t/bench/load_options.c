/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the load generator.
 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const usage_text =
    "usage: load --port N [options]\n"
    "\n"
    "  --port N            on 127.0.0.1\n"
    "  --name NAME         for SNI and Host (default www.bench.test)\n"
    "  --hosts N           a % in NAME stands for 1 to N in turn\n"
    "  --tls 1.2|1.3|none  the version (default 1.3)\n"
    "  --cipher NAME       OpenSSL's name; no other is offered or accepted\n"
    "  --group X25519      the key exchange that must come about\n"
    "  --key ec|rsa        the certificate's key\n"
    "  --h2                HTTP/2 instead of HTTP/1.1\n"
    "  --resume            every measured handshake resumes a session\n"
    "  --no-tickets        TLS 1.2: by session id\n"
    "  --path PATH         what is asked for (default /1k)\n"
    "  --body N            bytes of the answer (default 1024)\n"
    "  --upload N          POST so many bytes with each request\n"
    "  --requests N|keep   on a connection; 0: only the handshake\n"
    "  --connections N     at once (default 16)\n"
    "  --streams N         at once on an HTTP/2 connection (default 1)\n"
    "  --operations N      at most (default: no limit)\n"
    "  --seconds N         at most (default 1)\n"
    "  --limit N           seconds for everything: then it fails (default 60)\n"
    "  --cold              no operation before the measured ones\n"
    "  --stay              keep connections open until stdin ends\n"
    "  --pids A,B,...      the server's processes, for their CPU time\n"
    "\n"
    "Prints one line of key=value: times in ns, bodies in bytes.\n";

static _Noreturn void usage(const char *about)
{
    (void)fprintf(stderr, "load: %s\n%s", about, usage_text);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-') {
        usage("a number is wrong");
    }
    return (uint64_t)value;
}

static double fraction(const char *text)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value > 0 && value < 1e6)) {
        usage("a time is wrong");
    }
    return value;
}

static int version(const char *text)
{
    if (strcmp(text, "1.3") == 0) {
        return TLS1_3_VERSION;
    }
    if (strcmp(text, "1.2") == 0) {
        return TLS1_2_VERSION;
    }
    if (strcmp(text, "none") == 0) {
        return 0;
    }
    usage("--tls wants 1.2, 1.3 or none");
}

static int key_type(const char *text)
{
    if (strcmp(text, "ec") == 0) {
        return EVP_PKEY_EC;
    }
    if (strcmp(text, "rsa") == 0) {
        return EVP_PKEY_RSA;
    }
    usage("--key wants ec or rsa");
}

static void read_pids(load_options_t *options, const char *text)
{
    while (*text != '\0') {
        char *end = NULL;
        long pid = strtol(text, &end, 10);
        if (end == text || pid <= 0 || (*end != ',' && *end != '\0') ||
            options->pid_count == LOAD_PIDS) {
            usage("--pids wants process ids, separated by commas");
        }
        options->pids[options->pid_count++] = (pid_t)pid;
        text = *end == ',' ? end + 1 : end;
    }
}

enum {
    OPT_PORT = 256,
    OPT_NAME,
    OPT_HOSTS,
    OPT_TLS,
    OPT_CIPHER,
    OPT_GROUP,
    OPT_KEY,
    OPT_H2,
    OPT_RESUME,
    OPT_NO_TICKETS,
    OPT_PATH,
    OPT_BODY,
    OPT_UPLOAD,
    OPT_REQUESTS,
    OPT_CONNECTIONS,
    OPT_STREAMS,
    OPT_OPERATIONS,
    OPT_SECONDS,
    OPT_LIMIT,
    OPT_COLD,
    OPT_STAY,
    OPT_PIDS
};

static const struct option long_options[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"name", required_argument, NULL, OPT_NAME},
    {"hosts", required_argument, NULL, OPT_HOSTS},
    {"tls", required_argument, NULL, OPT_TLS},
    {"cipher", required_argument, NULL, OPT_CIPHER},
    {"group", required_argument, NULL, OPT_GROUP},
    {"key", required_argument, NULL, OPT_KEY},
    {"h2", no_argument, NULL, OPT_H2},
    {"resume", no_argument, NULL, OPT_RESUME},
    {"no-tickets", no_argument, NULL, OPT_NO_TICKETS},
    {"path", required_argument, NULL, OPT_PATH},
    {"body", required_argument, NULL, OPT_BODY},
    {"upload", required_argument, NULL, OPT_UPLOAD},
    {"requests", required_argument, NULL, OPT_REQUESTS},
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"streams", required_argument, NULL, OPT_STREAMS},
    {"operations", required_argument, NULL, OPT_OPERATIONS},
    {"seconds", required_argument, NULL, OPT_SECONDS},
    {"limit", required_argument, NULL, OPT_LIMIT},
    {"cold", no_argument, NULL, OPT_COLD},
    {"stay", no_argument, NULL, OPT_STAY},
    {"pids", required_argument, NULL, OPT_PIDS},
    {NULL, 0, NULL, 0},
};

/* What the connections are like. False: the option is another one's. */
static bool channel_option(load_options_t *options, int option)
{
    switch (option) {
    case OPT_PORT:
        options->address.sin_port = htons((uint16_t)number(optarg));
        return true;
    case OPT_NAME:
        options->name = optarg;
        return true;
    case OPT_HOSTS:
        options->hosts = number(optarg);
        return true;
    case OPT_TLS:
        options->version = version(optarg);
        return true;
    case OPT_CIPHER:
        options->cipher = optarg;
        return true;
    case OPT_GROUP:
        options->group = optarg;
        return true;
    case OPT_KEY:
        options->key = key_type(optarg);
        return true;
    case OPT_H2:
        options->h2 = true;
        return true;
    case OPT_RESUME:
        options->resume = true;
        return true;
    case OPT_NO_TICKETS:
        options->no_tickets = true;
        return true;
    default:
        return false;
    }
}

/* What is done over them, and for how long. */
static void work_option(load_options_t *options, int option)
{
    switch (option) {
    case OPT_PATH:
        options->path = optarg;
        break;
    case OPT_BODY:
        options->body = number(optarg);
        break;
    case OPT_UPLOAD:
        options->upload = number(optarg);
        break;
    case OPT_REQUESTS:
        options->requests =
            strcmp(optarg, "keep") == 0 ? LOAD_KEEP : number(optarg);
        break;
    case OPT_CONNECTIONS:
        options->connections = number(optarg);
        break;
    case OPT_STREAMS:
        options->streams = number(optarg);
        break;
    case OPT_OPERATIONS:
        options->operations = number(optarg);
        break;
    case OPT_SECONDS:
        options->seconds = fraction(optarg);
        break;
    case OPT_LIMIT:
        options->limit = fraction(optarg);
        break;
    case OPT_COLD:
        options->cold = true;
        break;
    case OPT_STAY:
        options->stay = true;
        break;
    case OPT_PIDS:
        read_pids(options, optarg);
        break;
    default:
        usage("an option is unknown");
    }
}

static void check(const load_options_t *options)
{
    if (options->address.sin_port == 0) {
        usage("--port is missing");
    }
    if (options->connections == 0 || options->connections > 50000 ||
        options->streams == 0 || options->streams > 100) {
        usage("--connections wants 1 to 50000, --streams 1 to 100");
    }
    if (options->version == 0 &&
        (options->requests == 0 || options->h2 || options->resume)) {
        usage("--tls none has no handshake, HTTP/2 or session");
    }
    if (options->resume &&
        (options->hosts > 0 || options->requests == LOAD_KEEP)) {
        usage("--resume fits neither --hosts nor --requests keep");
    }
    if (options->resume && options->cold) {
        usage("--resume wants operations before the measured ones");
    }
    if (options->resume && options->requests == 0 &&
        options->version == TLS1_3_VERSION) {
        usage("--resume with TLS 1.3 wants a request: the session comes with "
              "the answer");
    }
    if (options->hosts > 0 && strchr(options->name, '%') == NULL) {
        usage("--hosts wants a % in --name");
    }
    if (options->h2 && (options->upload > 0 || options->requests == 0)) {
        usage("--h2 goes with neither --upload nor --requests 0");
    }
    if (options->stay && options->requests != LOAD_KEEP) {
        usage("--stay goes with --requests keep");
    }
}

void load_options_read(load_options_t *options, int argc, char **argv)
{
    *options = (load_options_t){
        .address = {.sin_family = AF_INET,
                    .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}},
        .name = "www.bench.test",
        .version = TLS1_3_VERSION,
        .path = "/1k",
        .body = 1024,
        .requests = 1,
        .connections = 16,
        .streams = 1,
        .operations = UINT64_MAX,
        .seconds = 1,
        .limit = 60,
    };
    int option = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!channel_option(options, option)) {
            work_option(options, option);
        }
    }
    if (optind != argc) {
        usage("only options are known");
    }
    check(options);
}
