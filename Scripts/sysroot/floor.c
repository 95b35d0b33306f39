/* What stands between the objects of a release and an older glibc: each function here is the one of glibc's first
 * version on this architecture, under the name by which the Swift runtime asks for it. Without them the linker would
 * take the newest that the sysroot has, and the binary would not start before glibc 2.29. The newer ones differ in
 * that they handle no errors in the way of SVID. https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS;hb=glibc-2.29
 */

#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#endif

#define OURS __attribute__((visibility("hidden")))

#define FUNCTION_OF_ONE(type, name)                            \
    __asm__(".symver first_" #name ", " #name "@" FIRST);      \
    type first_##name(type);                                   \
    OURS type name(type x) { return first_##name(x); }

#define FUNCTION_OF_TWO(type, name)                            \
    __asm__(".symver first_" #name ", " #name "@" FIRST);      \
    type first_##name(type, type);                             \
    OURS type name(type x, type y) { return first_##name(x, y); }

FUNCTION_OF_ONE(double, exp)
FUNCTION_OF_ONE(double, exp2)
FUNCTION_OF_ONE(double, log)
FUNCTION_OF_ONE(double, log2)
FUNCTION_OF_TWO(double, pow)
FUNCTION_OF_ONE(float, expf)
FUNCTION_OF_ONE(float, exp2f)
FUNCTION_OF_ONE(float, logf)
FUNCTION_OF_ONE(float, log2f)
FUNCTION_OF_TWO(float, powf)

/* Since glibc 2.32 the C++ runtime asks here whether there is one thread alone, to count without atomic instructions.
 * Zero says that there may be more, which is always safe. */
OURS char __libc_single_threaded = 0;
