#include <zint.h>

/* The symbol's own struct has an array of tens of thousands of bytes, which Swift would take for as many values. */

static inline void *haat_zint_make(int symbology, const unsigned char *text, int length) {
    struct zint_symbol *symbol = ZBarcode_Create();
    if (!symbol) return 0;
    symbol->symbology = symbology;
    symbol->show_hrt = 0;
    symbol->output_options |= BARCODE_QUIET_ZONES;
    if (ZBarcode_Encode_and_Buffer_Vector(symbol, text, length, 0) >= ZINT_ERROR || !symbol->vector) {
        ZBarcode_Delete(symbol);
        return 0;
    }
    return symbol;
}

static inline const struct zint_vector *haat_zint_vector(const void *symbol) {
    return ((const struct zint_symbol *)symbol)->vector;
}

static inline void haat_zint_delete(void *symbol) { ZBarcode_Delete(symbol); }
