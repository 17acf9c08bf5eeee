/* Collects every change of the row that a search meets, and prints them when it ends: the table with which
   Tests/FaultTests/TransitionRecord.swift compares what the real engine does. Outside of the model's state. */
#include <stdio.h>
#include <stdlib.h>
#include "states.h"

enum { states = 6, holds = 3, run_counts = 6, steps_kept = 6 };

struct situation {
    int state, hold, unended, attempt;
};

struct transition {
    const char *steps[steps_kept];
};

static struct transition met[states][holds][run_counts][states][2][holds][run_counts];
static struct situation before;

static struct situation situation_of(const struct Row *row) {
    int is_open = row->state == PENDING || row->state == DISPATCHED;
    int hold = row->holder == NOBODY ? 0 : row->held ? 1 : 2;
    /* The last one stands for as many or more. */
    int unended = row->unendedRuns < run_counts ? row->unendedRuns : run_counts - 1;
    struct situation now = {row->state, is_open ? hold : 0, is_open ? unended : 0, row->attempt};
    return now;
}

static void remember(const struct Row *row) { before = situation_of(row); }

static void note(const struct Row *row, const char *step) {
    struct situation after = situation_of(row);
    struct transition *transition = &met[before.state][before.hold][before.unended][after.state][after.attempt > before.attempt]
        [after.hold][after.unended];
    for (int index = 0; index < steps_kept; index++) {
        if (transition->steps[index] == step) return;
        if (!transition->steps[index]) {
            transition->steps[index] = step;
            return;
        }
    }
}

static void print_situation(int state, int hold, int unended) {
    static const char *state_names[] = {"absent", "pending", "dispatched", "done", "dead", "cancelled"};
    static const char *hold_names[] = {"free", "held", "expired"};
    if (state == PENDING || state == DISPATCHED) {
        printf("%s %s %d", state_names[state], hold_names[hold], unended);
    } else {
        printf("%s", state_names[state]);
    }
}

__attribute__((destructor)) static void print_transitions(void) {
    if (!getenv("PRINT_TRANSITIONS")) return;
    for (int from = 0; from < states; from++)
    for (int from_hold = 0; from_hold < holds; from_hold++)
    for (int from_runs = 0; from_runs < run_counts; from_runs++)
    for (int to = 0; to < states; to++)
    for (int is_next = 0; is_next < 2; is_next++)
    for (int to_hold = 0; to_hold < holds; to_hold++)
    for (int to_runs = 0; to_runs < run_counts; to_runs++) {
        struct transition *transition = &met[from][from_hold][from_runs][to][is_next][to_hold][to_runs];
        for (int index = 0; index < steps_kept && transition->steps[index]; index++) {
            printf("transition: ");
            print_situation(from, from_hold, from_runs);
            printf(" -> ");
            print_situation(to, to_hold, to_runs);
            printf("%s | %s\n", is_next ? " next" : "", transition->steps[index]);
        }
    }
}
