// libcurl for Swift, opened with dlopen at first use.
//
// Linking libcurl would cost every start 6 ms for the forty libraries that it brings. So the functions are looked up
// once, into one table. The types still come from curl.h, of 7.68 or newer. Swift cannot call C variadic functions, and every libcurl
// option goes through one: each wrapper below fixes one argument type, so that Swift checks it.

#ifndef HFMINT_CCURL_SHIM_H
#define HFMINT_CCURL_SHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

// What is newer than libcurl 7.68, by number.
// https://github.com/curl/curl/blob/master/include/curl/curl.h
static const CURLcode HFMINT_CURLE_PROXY = (CURLcode)97;
static const CURLcode HFMINT_CURLE_UNRECOVERABLE_POLL = (CURLcode)99;
static const CURLoption HFMINT_CURLOPT_AWS_SIGV4 = (CURLoption)(CURLOPTTYPE_OBJECTPOINT + 305);

/// Called by libcurl for each piece of the body, and for each header line. Any result but `size * count` aborts the
/// transfer.
typedef size_t (*hfmint_curl_sink)(
    char *_Nonnull bytes, size_t size, size_t count, void *_Nonnull context);

/// Called by libcurl before it connects to an address. Returns a socket, or CURL_SOCKET_BAD to refuse it.
typedef curl_socket_t (*hfmint_curl_socket)(
    void *_Nonnull context, curlsocktype purpose, struct curl_sockaddr *_Nonnull address);

/// Every libcurl function that hfmint calls.
typedef struct {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_reset) easy_reset;
    __typeof__(&curl_easy_setopt) easy_setopt;
    __typeof__(&curl_easy_getinfo) easy_getinfo;
    __typeof__(&curl_easy_perform) easy_perform;
    __typeof__(&curl_version_info) version_info;
} hfmint_curl;

#pragma clang assume_nonnull begin

/// Fills `table` from the library `file`. Returns null, or the name of the function that is missing, which is empty if
/// the library is.
static inline const char *_Nullable hfmint_curl_load(hfmint_curl *table, const char *file) {
    // RTLD_LAZY, because most of the functions that its forty libraries call are never called here.
    void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
    if (!library) return "";
#define HFMINT_LOOK_UP(field, symbol) \
    if (!(table->field = (__typeof__(table->field))dlsym(library, #symbol))) return #symbol
    HFMINT_LOOK_UP(global_init, curl_global_init);
    HFMINT_LOOK_UP(easy_init, curl_easy_init);
    HFMINT_LOOK_UP(easy_cleanup, curl_easy_cleanup);
    HFMINT_LOOK_UP(easy_reset, curl_easy_reset);
    HFMINT_LOOK_UP(easy_setopt, curl_easy_setopt);
    HFMINT_LOOK_UP(easy_getinfo, curl_easy_getinfo);
    HFMINT_LOOK_UP(easy_perform, curl_easy_perform);
    HFMINT_LOOK_UP(version_info, curl_version_info);
#undef HFMINT_LOOK_UP
    return NULL;
}

static inline CURLcode hfmint_curl_set_long(const hfmint_curl *table, CURL *handle, CURLoption option, long value) {
    return table->easy_setopt(handle, option, value);
}

/// libcurl copies `value`, except for CURLOPT_POSTFIELDS; null restores the default.
static inline CURLcode hfmint_curl_set_string(
    const hfmint_curl *table, CURL *handle, CURLoption option, const char *_Nullable value) {
    return table->easy_setopt(handle, option, value);
}

static inline CURLcode hfmint_curl_set_list(
    const hfmint_curl *table, CURL *handle, CURLoption option, struct curl_slist *_Nullable list) {
    return table->easy_setopt(handle, option, list);
}

/// Allows the protocol `name`, `http` or `https`, and no other.
///
/// https://curl.se/libcurl/c/CURLOPT_PROTOCOLS.html
static inline CURLcode hfmint_curl_set_protocol(const hfmint_curl *table, CURL *handle, const char *name) {
    // CURLOPT_PROTOCOLS_STR, since 7.85, and CURLOPT_PROTOCOLS, which is deprecated since then.
    CURLcode code = table->easy_setopt(handle, (CURLoption)(CURLOPTTYPE_OBJECTPOINT + 318), name);
    if (code != CURLE_UNKNOWN_OPTION) return code;
    long protocol = strcmp(name, "https") == 0 ? CURLPROTO_HTTPS : CURLPROTO_HTTP;
    return table->easy_setopt(handle, (CURLoption)(CURLOPTTYPE_LONG + 181), protocol);
}

static inline CURLcode hfmint_curl_set_sinks(
    const hfmint_curl *table, CURL *handle, hfmint_curl_sink body, hfmint_curl_sink header, void *context) {
    CURLcode code = table->easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = table->easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if (code == CURLE_OK) code = table->easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    return code == CURLE_OK ? table->easy_setopt(handle, CURLOPT_HEADERDATA, context) : code;
}

static inline CURLcode hfmint_curl_set_socket(
    const hfmint_curl *table, CURL *handle, hfmint_curl_socket socket, void *context) {
    CURLcode code = table->easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, socket);
    return code == CURLE_OK ? table->easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context) : code;
}

/// Opens a socket that no child inherits. libcurl opens such sockets itself only from version 8 on.
///
/// https://curl.se/libcurl/c/CURLOPT_OPENSOCKETFUNCTION.html
static inline curl_socket_t hfmint_curl_open_socket(
    void *_Nullable context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static inline CURLcode hfmint_curl_keep_sockets(const hfmint_curl *table, CURL *handle) {
    return table->easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, hfmint_curl_open_socket);
}

static inline CURLcode hfmint_curl_get_long(const hfmint_curl *table, CURL *handle, CURLINFO info, long *value) {
    return table->easy_getinfo(handle, info, value);
}

#pragma clang assume_nonnull end

#endif
