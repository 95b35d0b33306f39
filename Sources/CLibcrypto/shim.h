// libcrypto for Swift, opened with dlopen at first use: the copy that libcurl already brings.

#ifndef HFMINT_CLIBCRYPTO_SHIM_H
#define HFMINT_CLIBCRYPTO_SHIM_H

#include <dlfcn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stddef.h>

/// Every libcrypto function that hfmint calls.
typedef struct {
    __typeof__(&EVP_sha256) sha256;
    __typeof__(&EVP_Digest) digest;
    __typeof__(&HMAC) hmac;
    __typeof__(&BIO_new_mem_buf) bio_new;
    __typeof__(&BIO_free) bio_free;
    __typeof__(&PEM_read_bio_PrivateKey) read_key;
    __typeof__(&EVP_PKEY_free) key_free;
    __typeof__(&EVP_PKEY_get_base_id) key_kind;
    __typeof__(&EVP_MD_CTX_new) context_new;
    __typeof__(&EVP_MD_CTX_free) context_free;
    __typeof__(&EVP_DigestSignInit) sign_init;
    __typeof__(&EVP_DigestSign) sign;
    __typeof__(&d2i_ECDSA_SIG) ecdsa_read;
    __typeof__(&ECDSA_SIG_get0) ecdsa_parts;
    __typeof__(&ECDSA_SIG_free) ecdsa_free;
    __typeof__(&BN_bn2binpad) number_to_bytes;
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
    HFMINT_LOOK_UP(hmac, HMAC);
    HFMINT_LOOK_UP(bio_new, BIO_new_mem_buf);
    HFMINT_LOOK_UP(bio_free, BIO_free);
    HFMINT_LOOK_UP(read_key, PEM_read_bio_PrivateKey);
    HFMINT_LOOK_UP(key_free, EVP_PKEY_free);
    HFMINT_LOOK_UP(key_kind, EVP_PKEY_get_base_id);
    HFMINT_LOOK_UP(context_new, EVP_MD_CTX_new);
    HFMINT_LOOK_UP(context_free, EVP_MD_CTX_free);
    HFMINT_LOOK_UP(sign_init, EVP_DigestSignInit);
    HFMINT_LOOK_UP(sign, EVP_DigestSign);
    HFMINT_LOOK_UP(ecdsa_read, d2i_ECDSA_SIG);
    HFMINT_LOOK_UP(ecdsa_parts, ECDSA_SIG_get0);
    HFMINT_LOOK_UP(ecdsa_free, ECDSA_SIG_free);
    HFMINT_LOOK_UP(number_to_bytes, BN_bn2binpad);
#undef HFMINT_LOOK_UP
    return NULL;
}

/// Writes the 32 bytes of SHA-256 to `output`; returns 1 on success.
static inline int hfmint_libcrypto_sha256(
    const hfmint_libcrypto *table, const void *bytes, size_t count, unsigned char *output) {
    return table->digest(bytes, count, output, NULL, table->sha256(), NULL);
}

/// Writes the 32 bytes of HMAC-SHA256 to `output`; returns 1 on success.
static inline int hfmint_libcrypto_hmac(
    const hfmint_libcrypto *table, const void *key, int key_count, const unsigned char *bytes, size_t count,
    unsigned char *output) {
    unsigned int written = 0;
    return table->hmac(table->sha256(), key, key_count, bytes, count, output, &written) && written == 32;
}

/// Signs with SHA-256 and the private key in `pem`, which must be of `kind` (EVP_PKEY_RSA, EVP_PKEY_EC).
///
/// Returns the number of bytes written to `output`, or 0. What ECDSA gives is turned into the two numbers of 32 bytes
/// each that JOSE wants (RFC 7518, 3.4).
static inline size_t hfmint_libcrypto_sign(
    const hfmint_libcrypto *table, const void *pem, int pem_count, int kind, const unsigned char *bytes, size_t count,
    unsigned char *output, size_t capacity) {
    size_t written = 0;
    unsigned char der[1024];
    size_t der_count = sizeof der;
    BIO *_Nullable memory = table->bio_new(pem, pem_count);
    EVP_PKEY *_Nullable key = memory ? table->read_key(memory, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *_Nullable context = table->context_new();
    if (key && context && table->key_kind(key) == kind && table->sign_init(context, NULL, table->sha256(), NULL, key) == 1
        && table->sign(context, der, &der_count, bytes, count) == 1) {
        if (kind == EVP_PKEY_EC) {
            const unsigned char *cursor = der;
            ECDSA_SIG *_Nullable signature = table->ecdsa_read(NULL, &cursor, (long)der_count);
            if (signature && capacity >= 64) {
                const BIGNUM *r = NULL, *s = NULL;
                table->ecdsa_parts(signature, &r, &s);
                if (table->number_to_bytes(r, output, 32) == 32 && table->number_to_bytes(s, output + 32, 32) == 32)
                    written = 64;
            }
            if (signature) table->ecdsa_free(signature);
        } else if (der_count <= capacity) {
            for (size_t index = 0; index < der_count; index++) output[index] = der[index];
            written = der_count;
        }
    }
    if (context) table->context_free(context);
    if (key) table->key_free(key);
    if (memory) table->bio_free(memory);
    return written;
}

#pragma clang assume_nonnull end

#endif
