// libcrypto for Swift, opened with dlopen at first use: the copy that libcurl already brings.

#ifndef HFMINT_CLIBCRYPTO_SHIM_H
#define HFMINT_CLIBCRYPTO_SHIM_H

#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
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
    __typeof__(&BN_bin2bn) number_from_bytes;
    __typeof__(&BN_free) number_free;
    __typeof__(&OSSL_PARAM_BLD_new) params_new;
    __typeof__(&OSSL_PARAM_BLD_free) params_free;
    __typeof__(&OSSL_PARAM_BLD_push_BN) params_add_number;
    __typeof__(&OSSL_PARAM_BLD_push_utf8_string) params_add_text;
    __typeof__(&OSSL_PARAM_BLD_push_octet_string) params_add_bytes;
    __typeof__(&OSSL_PARAM_BLD_to_param) params_finish;
    __typeof__(&OSSL_PARAM_free) param_free;
    __typeof__(&EVP_PKEY_CTX_new_from_name) maker_new;
    __typeof__(&EVP_PKEY_CTX_new_from_pkey) checker_new;
    __typeof__(&EVP_PKEY_CTX_free) maker_free;
    __typeof__(&EVP_PKEY_fromdata_init) make_init;
    __typeof__(&EVP_PKEY_fromdata) make;
    __typeof__(&EVP_PKEY_public_check) check_public;
    __typeof__(&EVP_DigestVerifyInit) verify_init;
    __typeof__(&EVP_DigestVerify) verify;
    __typeof__(&ECDSA_SIG_new) ecdsa_new;
    __typeof__(&ECDSA_SIG_set0) ecdsa_set;
    __typeof__(&i2d_ECDSA_SIG) ecdsa_write;
    __typeof__(&ERR_clear_error) errors_clear;
} hfmint_libcrypto;

#pragma clang assume_nonnull begin

/// Fills `table`. Returns null, or the name of the library or function that is missing.
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
    HFMINT_LOOK_UP(number_from_bytes, BN_bin2bn);
    HFMINT_LOOK_UP(number_free, BN_free);
    HFMINT_LOOK_UP(params_new, OSSL_PARAM_BLD_new);
    HFMINT_LOOK_UP(params_free, OSSL_PARAM_BLD_free);
    HFMINT_LOOK_UP(params_add_number, OSSL_PARAM_BLD_push_BN);
    HFMINT_LOOK_UP(params_add_text, OSSL_PARAM_BLD_push_utf8_string);
    HFMINT_LOOK_UP(params_add_bytes, OSSL_PARAM_BLD_push_octet_string);
    HFMINT_LOOK_UP(params_finish, OSSL_PARAM_BLD_to_param);
    HFMINT_LOOK_UP(param_free, OSSL_PARAM_free);
    HFMINT_LOOK_UP(maker_new, EVP_PKEY_CTX_new_from_name);
    HFMINT_LOOK_UP(checker_new, EVP_PKEY_CTX_new_from_pkey);
    HFMINT_LOOK_UP(maker_free, EVP_PKEY_CTX_free);
    HFMINT_LOOK_UP(make_init, EVP_PKEY_fromdata_init);
    HFMINT_LOOK_UP(make, EVP_PKEY_fromdata);
    HFMINT_LOOK_UP(check_public, EVP_PKEY_public_check);
    HFMINT_LOOK_UP(verify_init, EVP_DigestVerifyInit);
    HFMINT_LOOK_UP(verify, EVP_DigestVerify);
    HFMINT_LOOK_UP(ecdsa_new, ECDSA_SIG_new);
    HFMINT_LOOK_UP(ecdsa_set, ECDSA_SIG_set0);
    HFMINT_LOOK_UP(ecdsa_write, i2d_ECDSA_SIG);
    HFMINT_LOOK_UP(errors_clear, ERR_clear_error);
#undef HFMINT_LOOK_UP
    return NULL;
}

/// Writes the 32 bytes of SHA-256 to `output`. Returns 1 on success.
static inline int hfmint_libcrypto_sha256(
    const hfmint_libcrypto *table, const void *bytes, size_t count, unsigned char *output) {
    return table->digest(bytes, count, output, NULL, table->sha256(), NULL);
}

/// Writes the 32 bytes of HMAC-SHA256 to `output`. Returns 1 on success.
static inline int hfmint_libcrypto_hmac(
    const hfmint_libcrypto *table, const void *key, int key_count, const unsigned char *bytes, size_t count,
    unsigned char *output) {
    unsigned int written = 0;
    return table->hmac(table->sha256(), key, key_count, bytes, count, output, &written) && written == 32;
}

/// Signs with SHA-256 and the private key in `pem`, which must be of `kind` (EVP_PKEY_RSA, EVP_PKEY_EC).
///
/// Returns the number of bytes written to `output`, or 0. An ECDSA signature is converted from DER to JOSE's form: two
/// numbers of 32 bytes each (RFC 7518, 3.4).
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

/// Returns a public key, or null if the numbers are no valid key. libcrypto checks that a point is on the curve.
///
/// With `second`, it is an RSA key of modulus `first` and exponent `second`. Without, it is a P-256 key, and `first`
/// is an uncompressed point of 65 bytes. The caller frees the key.
static inline EVP_PKEY *_Nullable hfmint_libcrypto_public_key(
    const hfmint_libcrypto *table, const unsigned char *first, size_t first_count, const unsigned char *_Nullable second,
    size_t second_count) {
    EVP_PKEY *_Nullable key = NULL;
    BIGNUM *_Nullable modulus = NULL, *_Nullable exponent = NULL;
    OSSL_PARAM *_Nullable params = NULL;
    OSSL_PARAM_BLD *_Nullable builder = table->params_new();
    EVP_PKEY_CTX *_Nullable maker = table->maker_new(NULL, second ? "RSA" : "EC", NULL);
    int is_described = 0;
    if (builder && second) {
        modulus = table->number_from_bytes(first, (int)first_count, NULL);
        exponent = table->number_from_bytes((const unsigned char *_Nonnull)second, (int)second_count, NULL);
        is_described = modulus && exponent && table->params_add_number(builder, OSSL_PKEY_PARAM_RSA_N, modulus)
            && table->params_add_number(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
    } else if (builder) {
        is_described = table->params_add_text(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0)
            && table->params_add_bytes(builder, OSSL_PKEY_PARAM_PUB_KEY, first, first_count);
    }
    if (is_described) params = table->params_finish((OSSL_PARAM_BLD *_Nonnull)builder);
    if (params && maker && table->make_init(maker) == 1) table->make(maker, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX *_Nullable checker = key ? table->checker_new(NULL, key, NULL) : NULL;
    if (key && !(checker && table->check_public(checker) == 1)) {
        table->key_free(key);
        key = NULL;
    }
    if (checker) table->maker_free(checker);
    if (params) table->param_free(params);
    if (maker) table->maker_free(maker);
    if (builder) table->params_free(builder);
    if (modulus) table->number_free(modulus);
    if (exponent) table->number_free(exponent);
    return key;
}

/// Converts an ECDSA signature from JOSE's form, two numbers of 32 bytes each (RFC 7518, 3.4), to DER.
///
/// Returns the number of bytes written to `der`, or 0.
static inline int hfmint_libcrypto_ecdsa_der(
    const hfmint_libcrypto *table, const unsigned char *numbers, unsigned char *_Nonnull der) {
    int count = 0;
    ECDSA_SIG *_Nullable signature = table->ecdsa_new();
    BIGNUM *_Nullable r = table->number_from_bytes(numbers, 32, NULL);
    BIGNUM *_Nullable s = table->number_from_bytes(numbers + 32, 32, NULL);
    if (signature && r && s && table->ecdsa_set(signature, r, s)) {
        r = s = NULL;
        unsigned char *cursor = der;
        count = table->ecdsa_write(signature, &cursor);
    }
    if (r) table->number_free(r);
    if (s) table->number_free(s);
    if (signature) table->ecdsa_free(signature);
    return count > 0 ? count : 0;
}

/// Verifies a signature of `bytes` with SHA-256 and the key of `first` and `second`, see `hfmint_libcrypto_public_key`.
///
/// Returns 1 if it is valid, 0 if it is not, and -1 if there is no such key.
static inline int hfmint_libcrypto_verify(
    const hfmint_libcrypto *table, const unsigned char *first, size_t first_count, const unsigned char *_Nullable second,
    size_t second_count, const unsigned char *signature, size_t signature_count, const unsigned char *bytes,
    size_t count) {
    int answer = -1;
    unsigned char der[80];
    EVP_PKEY *_Nullable key = hfmint_libcrypto_public_key(table, first, first_count, second, second_count);
    EVP_MD_CTX *_Nullable context = key ? table->context_new() : NULL;
    if (context) {
        answer = 0;
        if (!second) {
            signature_count = signature_count == 64 ? (size_t)hfmint_libcrypto_ecdsa_der(table, signature, der) : 0;
            signature = der;
        }
        if (signature_count > 0 && table->verify_init(context, NULL, table->sha256(), NULL, (EVP_PKEY *_Nonnull)key) == 1)
            answer = table->verify(context, signature, signature_count, bytes, count) == 1;
        table->context_free(context);
    }
    if (key) table->key_free(key);
    // libcurl's TLS reads the same error queue.
    table->errors_clear();
    return answer;
}

#pragma clang assume_nonnull end

#endif
