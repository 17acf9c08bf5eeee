# A sentence for each fact of the copy that does not lie between those noted before and after the marked moment.
$mark[0] as $mark | $restored[0] as $restored
| def outside($what; $before; $after; $copy):
    if $copy == null then "\($what) is missing"
    elif $before == null then empty
    elif $copy < ([$before, $after] | min) or $copy > ([$before, $after] | max) then
        "\($what): \($copy) restored, \(if $before == $after then "\($before)" else "\($before) to \($after)" end) marked"
    else empty end;
(($mark.before.rows | keys[]) as $table
    | outside("rows of \($table)"; $mark.before.rows[$table]; $mark.after.rows[$table]; $restored.rows[$table])),
(select($mark.before.ledger_balances == $mark.after.ledger_balances)
    | ($mark.before.ledger_balances | keys[]) as $account
    | outside("balance of \($account)"; $mark.before.ledger_balances[$account]; $mark.after.ledger_balances[$account]; $restored.ledger_balances[$account])),
($restored.ledger_totals | to_entries[] | select(.value != 0) | "the ledger is off by \(.value) \(.key)"),
(select($mark.before.audit_chain_ends == $mark.after.audit_chain_ends and $mark.before.audit_chain_ends != $restored.audit_chain_ends)
    | "the audit chains end elsewhere")
