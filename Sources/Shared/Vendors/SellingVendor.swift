/// What makes a vendor one that sells: it is active and not on holiday. Whoever reads goods for sale joins this, so that the rule stands
/// once.
package enum SellingVendor {
    /// That the row joined as `vendor` sells.
    /// - Parameter time: the parameter with the time that it is asked for, such as "$2".
    package static func condition(at time: String) -> String {
        """
        vendor.status = 'active' AND NOT coalesce(vendor.holiday_from <= \(time) AND \(time) < vendor.holiday_until, false)
        """
    }

    /// Joins the vendor of a row as `vendor` and its commission as `term`, and leaves rows of vendors that do not sell out.
    /// - Parameters:
    ///   - vendorID: the column with the vendor's id.
    ///   - time: as above.
    package static func join(on vendorID: String, at time: String) -> String {
        """
        JOIN vendors AS vendor ON vendor.id = \(vendorID) AND \(condition(at: time))
        CROSS JOIN LATERAL (
            SELECT rate_ppm FROM commission_terms
            WHERE vendor_id = vendor.id AND valid_from <= \(time) ORDER BY valid_from DESC, id DESC LIMIT 1
        ) AS term
        """
    }
}
