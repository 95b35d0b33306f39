// libcrypto for Swift, opened with dlopen at first use: the copy that libcurl already brings.
//
// Every function here is in OpenSSL 1.1.1 and in OpenSSL 3, by the same name and with the same meaning. Keys come and go
// as DER: the functions by which 1.1.1 makes a key of its numbers are deprecated in 3, and those of 3 are not in 1.1.1.

#ifndef HFMINT_CLIBCRYPTO_SHIM_H
#define HFMINT_CLIBCRYPTO_SHIM_H

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <string.h>

/// Every libcrypto function that hfmint calls.
typedef struct {
    /// SHA-256, found once: what EVP_sha256 returns is looked up by OpenSSL 3 at each use. It is never freed, so that the
    /// table may be copied safely.
    const EVP_MD *sha256;
    __typeof__(&EVP_Digest) digest;
    __typeof__(&HMAC) hmac;
    __typeof__(&OpenSSL_version) version;
    __typeof__(&BIO_new_mem_buf) bio_new;
    __typeof__(&BIO_free) bio_free;
    __typeof__(&PEM_read_bio_PrivateKey) read_key;
    __typeof__(&d2i_PUBKEY) read_public_key;
    __typeof__(&i2d_PUBKEY) write_public_key;
    __typeof__(&EVP_PKEY_free) key_free;
    __typeof__(&EVP_PKEY_CTX_new) checker_new;
    __typeof__(&EVP_PKEY_CTX_free) checker_free;
    __typeof__(&EVP_PKEY_public_check) check_public;
    __typeof__(&EVP_MD_CTX_new) context_new;
    __typeof__(&EVP_MD_CTX_free) context_free;
    __typeof__(&EVP_DigestSignInit) sign_init;
    __typeof__(&EVP_DigestSign) sign;
    __typeof__(&EVP_DigestVerifyInit) verify_init;
    __typeof__(&EVP_DigestVerify) verify;
    __typeof__(&d2i_ECDSA_SIG) ecdsa_read;
    __typeof__(&ECDSA_SIG_get0) ecdsa_parts;
    __typeof__(&ECDSA_SIG_free) ecdsa_free;
    __typeof__(&BN_bn2binpad) number_to_bytes;
    __typeof__(&ERR_clear_error) errors_clear;
} __attribute__((swift_attr("safe"))) hfmint_libcrypto;

#pragma clang assume_nonnull begin

/// Fills `table` from the library `file`. Returns null, or the name of the function that is missing, which is empty if
/// the library is.
static inline const char *_Nullable hfmint_libcrypto_load(hfmint_libcrypto *table, const char *file) {
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) return "";
#define HFMINT_LOOK_UP(field, symbol) \
    if (!(table->field = (__typeof__(table->field))dlsym(library, #symbol))) return #symbol
    HFMINT_LOOK_UP(digest, EVP_Digest);
    HFMINT_LOOK_UP(hmac, HMAC);
    HFMINT_LOOK_UP(version, OpenSSL_version);
    HFMINT_LOOK_UP(bio_new, BIO_new_mem_buf);
    HFMINT_LOOK_UP(bio_free, BIO_free);
    HFMINT_LOOK_UP(read_key, PEM_read_bio_PrivateKey);
    HFMINT_LOOK_UP(read_public_key, d2i_PUBKEY);
    HFMINT_LOOK_UP(write_public_key, i2d_PUBKEY);
    HFMINT_LOOK_UP(key_free, EVP_PKEY_free);
    HFMINT_LOOK_UP(checker_new, EVP_PKEY_CTX_new);
    HFMINT_LOOK_UP(checker_free, EVP_PKEY_CTX_free);
    HFMINT_LOOK_UP(check_public, EVP_PKEY_public_check);
    HFMINT_LOOK_UP(context_new, EVP_MD_CTX_new);
    HFMINT_LOOK_UP(context_free, EVP_MD_CTX_free);
    HFMINT_LOOK_UP(sign_init, EVP_DigestSignInit);
    HFMINT_LOOK_UP(sign, EVP_DigestSign);
    HFMINT_LOOK_UP(verify_init, EVP_DigestVerifyInit);
    HFMINT_LOOK_UP(verify, EVP_DigestVerify);
    HFMINT_LOOK_UP(ecdsa_read, d2i_ECDSA_SIG);
    HFMINT_LOOK_UP(ecdsa_parts, ECDSA_SIG_get0);
    HFMINT_LOOK_UP(ecdsa_free, ECDSA_SIG_free);
    HFMINT_LOOK_UP(number_to_bytes, BN_bn2binpad);
    HFMINT_LOOK_UP(errors_clear, ERR_clear_error);
#undef HFMINT_LOOK_UP
    __typeof__(&EVP_sha256) of_old = (__typeof__(&EVP_sha256))dlsym(library, "EVP_sha256");
    if (!of_old) return "EVP_sha256";
    // OpenSSL 1.1.1 has no such function: https://docs.openssl.org/3.0/man3/EVP_DigestInit/
    const EVP_MD *_Nullable (*_Nullable fetch)(void *_Nullable, const char *, const char *_Nullable) =
        (const EVP_MD *_Nullable (*_Nullable)(void *_Nullable, const char *, const char *_Nullable))dlsym(
            library, "EVP_MD_fetch");
    const EVP_MD *_Nullable found = fetch ? fetch(NULL, "SHA256", NULL) : NULL;
    table->sha256 = found ? (const EVP_MD *_Nonnull)found : of_old();
    return NULL;
}

/// Returns a text such as `OpenSSL 3.0.15 3 Sep 2024`.
static inline const char *_Nullable hfmint_libcrypto_version(const hfmint_libcrypto *table) {
    return table->version(OPENSSL_VERSION);
}

/// Writes the 32 bytes of SHA-256 to `output`. Returns 1 on success.
static inline int hfmint_libcrypto_sha256(
    const hfmint_libcrypto *table, const void *bytes, size_t count, unsigned char *output) {
    return table->digest(bytes, count, output, NULL, table->sha256, NULL);
}

/// Writes the 32 bytes of HMAC-SHA256 to `output`. Returns 1 on success.
static inline int hfmint_libcrypto_hmac(
    const hfmint_libcrypto *table, const void *key, int key_count, const unsigned char *bytes, size_t count,
    unsigned char *output) {
    unsigned int written = 0;
    return table->hmac(table->sha256, key, key_count, bytes, count, output, &written) && written == 32;
}

/// Returns whether the algorithm of `key` is the DER element `algorithm` (an AlgorithmIdentifier).
static inline int hfmint_libcrypto_is_of(
    const hfmint_libcrypto *table, EVP_PKEY *key, const unsigned char *algorithm, size_t algorithm_count) {
    // RSA keys of at most 16,384 bits, as libcrypto has it.
    unsigned char info[4096];
    unsigned char *cursor = info;
    int count = table->write_public_key(key, NULL);
    if (count < 4 || (size_t)count > sizeof info || table->write_public_key(key, &cursor) != count) return 0;
    // The tag and the length of the SubjectPublicKeyInfo, whose first element is the algorithm (RFC 5280, 4.1).
    size_t header = info[1] < 0x80 ? 2 : 2 + (info[1] & 0x7F);
    return header + algorithm_count <= (size_t)count && memcmp(info + header, algorithm, algorithm_count) == 0;
}

/// Signs with SHA-256 and the private key in `pem`, whose algorithm must be the DER element `algorithm`.
///
/// Returns the number of bytes written to `output`, or 0. An ECDSA signature is converted from DER to JOSE's form: two
/// numbers of 32 bytes each (RFC 7518, 3.4).
static inline size_t hfmint_libcrypto_sign(
    const hfmint_libcrypto *table, const void *pem, int pem_count, const unsigned char *algorithm,
    size_t algorithm_count, int is_ecdsa, const unsigned char *bytes, size_t count, unsigned char *output,
    size_t capacity) {
    size_t written = 0;
    unsigned char der[2048];
    size_t der_count = sizeof der;
    BIO *_Nullable memory = table->bio_new(pem, pem_count);
    EVP_PKEY *_Nullable key = memory ? table->read_key(memory, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *_Nullable context = table->context_new();
    if (key && context && hfmint_libcrypto_is_of(table, (EVP_PKEY *_Nonnull)key, algorithm, algorithm_count)
        && table->sign_init(context, NULL, table->sha256, NULL, key) == 1
        && table->sign(context, der, &der_count, bytes, count) == 1) {
        if (is_ecdsa) {
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
            memcpy(output, der, der_count);
            written = der_count;
        }
    }
    if (context) table->context_free(context);
    if (key) table->key_free(key);
    if (memory) table->bio_free(memory);
    // libcurl's TLS reads the same error queue.
    table->errors_clear();
    return written;
}

/// Returns the public key of the DER element `info` (a SubjectPublicKeyInfo), or null if it is no valid key.
///
/// libcrypto checks that a point is on the curve. OpenSSL 1.1.1 has no check for an RSA key, and says so by -2. The caller
/// frees the key.
static inline EVP_PKEY *_Nullable hfmint_libcrypto_public_key(
    const hfmint_libcrypto *table, const unsigned char *info, size_t info_count) {
    const unsigned char *cursor = info;
    EVP_PKEY *_Nullable key = table->read_public_key(NULL, &cursor, (long)info_count);
    EVP_PKEY_CTX *_Nullable checker = key ? table->checker_new(key, NULL) : NULL;
    int checked = checker ? table->check_public(checker) : 0;
    if (checker) table->checker_free(checker);
    if (key && checked != 1 && checked != -2) {
        table->key_free(key);
        key = NULL;
    }
    return key;
}

/// Verifies a signature of `bytes` with SHA-256 and the key of `info`, see `hfmint_libcrypto_public_key`.
///
/// Returns 1 if it is valid, 0 if it is not, and -1 if there is no such key.
static inline int hfmint_libcrypto_verify(
    const hfmint_libcrypto *table, const unsigned char *info, size_t info_count, const unsigned char *signature,
    size_t signature_count, const unsigned char *bytes, size_t count) {
    int answer = -1;
    EVP_PKEY *_Nullable key = hfmint_libcrypto_public_key(table, info, info_count);
    EVP_MD_CTX *_Nullable context = key ? table->context_new() : NULL;
    if (context) {
        answer = signature_count > 0
            && table->verify_init(context, NULL, table->sha256, NULL, (EVP_PKEY *_Nonnull)key) == 1
            && table->verify(context, signature, signature_count, bytes, count) == 1;
        table->context_free(context);
    }
    if (key) table->key_free(key);
    // libcurl's TLS reads the same error queue.
    table->errors_clear();
    return answer;
}

#pragma clang assume_nonnull end

#endif
