// libcrypto for Swift, opened with dlopen at first use: the copy that libcurl already brings.

#ifndef HFMINT_CLIBCRYPTO_SHIM_H
#define HFMINT_CLIBCRYPTO_SHIM_H

#include <dlfcn.h>
#include <openssl/evp.h>
#include <stddef.h>

/// Every libcrypto function that hfmint calls.
typedef struct {
    __typeof__(&EVP_sha256) sha256;
    __typeof__(&EVP_Digest) digest;
} hfmint_libcrypto;

#pragma clang assume_nonnull begin

/// Fills `table`. Returns null, or the name of what is missing.
static inline const char *_Nullable hfmint_libcrypto_load(hfmint_libcrypto *table) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return "libcrypto.so.3";
#define HFMINT_LOOK_UP(field, symbol) \
    if (!(table->field = (__typeof__(table->field))dlsym(library, #symbol))) return #symbol
    HFMINT_LOOK_UP(sha256, EVP_sha256);
    HFMINT_LOOK_UP(digest, EVP_Digest);
#undef HFMINT_LOOK_UP
    return NULL;
}

/// Writes the 32 bytes of SHA-256 to `output`; returns 1 on success.
static inline int hfmint_libcrypto_sha256(
    const hfmint_libcrypto *table, const void *bytes, size_t count, unsigned char *output) {
    return table->digest(bytes, count, output, NULL, table->sha256(), NULL);
}

#pragma clang assume_nonnull end

#endif
