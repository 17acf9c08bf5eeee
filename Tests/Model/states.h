/* The states of a job's row, for the model and for transitions.h. */
#define ABSENT 0
#define PENDING 1
#define DISPATCHED 2
#define DONE 3
#define DEAD 4
#define CANCELLED 5

/* Of `holder`: a worker's number is its present run; ENDED is any run that is over without having said so. */
#define NOBODY 3
#define ENDED 2
