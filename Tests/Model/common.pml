/* What all models share. A run has so many faults, of whatever kind and at whatever step: `:: fault -> …` spends one. */
#ifndef FAULTS
#define FAULTS 2
#endif
byte faults = FAULTS;
#define fault faults > 0 -> faults--

/* Passes a place that the code names: a call of `faultPoint(name)` there, where the name has a dot. A replay prints it. */
#define pass(name) printf("%d  ", _pid); printf(name); printf("\n")
