import FaultHarness
import Foundation
import Postgres
import Testing

/// Every change of a job's row in one marketplace, told by a trigger, in the words of `Tests/Model/transitions.txt`: what the
/// model of the engine may do. What the engine does besides, model or engine has wrong.
struct TransitionRecord: Sendable {
    private let marketplace: Marketplace

    /// From here on; before the first job.
    static func begin(in marketplace: Marketplace) async throws -> TransitionRecord {
        try await marketplace.database.withConnection { try await $0.runScript(trigger) }
        return TransitionRecord(marketplace: marketplace)
    }

    /// Situations as the model has them: an open row's state, whether a run holds it, and how many of its runs never ended,
    /// of which five are as good as more.
    private static let trigger = """
        CREATE TABLE observed_transitions (transition text NOT NULL);
        CREATE FUNCTION situation(state text, holder bigint, held_until timestamptz, unended_runs integer) RETURNS text
        LANGUAGE sql SET search_path FROM CURRENT AS $$
            SELECT CASE WHEN state IN ('pending', 'dispatched') THEN concat_ws(' ', state,
                CASE WHEN holder IS NULL THEN 'free' WHEN held_until > now() THEN 'held' ELSE 'expired' END,
                least(unended_runs, 5))
            ELSE state END
        $$;
        CREATE FUNCTION observe_transition() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO observed_transitions VALUES (
                CASE TG_OP WHEN 'INSERT' THEN 'absent'
                    ELSE situation(OLD.state, OLD.holder, OLD.held_until, OLD.unended_runs) END
                || ' -> ' || situation(NEW.state, NEW.holder, NEW.held_until, NEW.unended_runs)
                || CASE WHEN TG_OP = 'UPDATE' AND NEW.attempt > OLD.attempt THEN ' next' ELSE '' END);
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER observe AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION observe_transition();
        """

    func observed() async throws -> Set<String> {
        Set(
            try await marketplace.look {
                try await $0.queryValues("SELECT DISTINCT transition FROM observed_transitions", as: String.self)
            })
    }

    /// Fails the test with each transition that the model does not have.
    func expectAllowed(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let observed = try await observed()
        #expect(!observed.isEmpty, "the trigger tells nothing", sourceLocation: sourceLocation)
        for transition in observed.subtracting(try ModelTransitions.all()).sorted() {
            Issue.record("not in the model: \(transition)", sourceLocation: sourceLocation)
        }
    }
}

/// What the model allows.
enum ModelTransitions {
    /// Without the step's name, which stands behind a bar.
    static func all() throws -> Set<String> {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Model/transitions.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return Set(lines.compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) })
    }
}

/// What has been observed in all cases of a suite. Once the last one has ended, it tells what never was.
actor TransitionCoverage {
    private var remainingCases: Int
    private var observed: Set<String> = []

    init(cases: Int) {
        remainingCases = cases
    }

    func add(_ transitions: Set<String>) throws {
        observed.formUnion(transitions)
        remainingCases -= 1
        guard remainingCases == 0 else { return }
        let allowed = try ModelTransitions.all()
        let missing = allowed.subtracting(observed).sorted()
        print(
            "Of \(allowed.count) transitions in the model \(allowed.count - missing.count) were observed. Never were:")
        for transition in missing { print("  \(transition)") }
    }
}
