#include <stddef.h>
#include <stdint.h>

// What https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library gives those who have a main function of their own.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));
