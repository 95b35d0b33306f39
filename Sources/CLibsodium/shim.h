// libsodium for Swift, opened with dlopen at first use.
//
// Its two functions have not changed since 1.0.3. They are declared here, so that building needs no headers.
// https://doc.libsodium.org/public-key_cryptography/sealed_boxes

#ifndef HFMINT_CLIBSODIUM_SHIM_H
#define HFMINT_CLIBSODIUM_SHIM_H

#include <dlfcn.h>
#include <stddef.h>

/// The length of a public key, and how many bytes a sealed box adds to its content.
enum { HFMINT_SODIUM_PUBLIC_KEY_BYTES = 32, HFMINT_SODIUM_SEAL_BYTES = 48 };

/// Every libsodium function that hfmint calls.
typedef struct {
    int (*_Nullable init)(void);
    int (*_Nullable box_seal)(
        unsigned char *_Nonnull box, const unsigned char *_Nonnull message, unsigned long long message_count,
        const unsigned char *_Nonnull public_key);
} hfmint_sodium;

#pragma clang assume_nonnull begin

/// Fills `table` from the library `file`. Returns null, or the name of the function that is missing,
/// which is empty if the library is.
static inline const char *_Nullable hfmint_sodium_load(hfmint_sodium *table, const char *file) {
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) return "";
#define HFMINT_LOOK_UP(field, symbol) \
    if (!(table->field = (__typeof__(table->field))dlsym(library, #symbol))) return #symbol
    HFMINT_LOOK_UP(init, sodium_init);
    HFMINT_LOOK_UP(box_seal, crypto_box_seal);
#undef HFMINT_LOOK_UP
    return NULL;
}

/// Prepares the library. Returns a negative number if it does not work.
static inline int hfmint_sodium_init(const hfmint_sodium *table) {
    return table->init();
}

/// Writes `count` + 48 bytes to `box`. Returns 0 on success.
static inline int hfmint_sodium_seal(
    const hfmint_sodium *table, const void *message, size_t count, const unsigned char *public_key,
    unsigned char *box) {
    return table->box_seal(box, (const unsigned char *)message, count, public_key);
}

#pragma clang assume_nonnull end

#endif
