"""Prices carts once more, by another hand: decimals in major units, one unit after another, nothing shared with the product.

Reads one cart per line (JSON) and writes for each what it comes to.
"""

import json
import sys
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 80
MILLION = Decimal(1_000_000)


class Cart:
    def __init__(self, given):
        self.given = given
        self.cent = Decimal(1).scaleb(-given["decimals"])
        self.lines = given["lines"]
        for line in self.lines:
            line["unit"] = self.money(line["price"])
            line["goods"] = line["unit"] * line["quantity"]
            line["net"] = line["goods"]
            line["given"] = []
        for charge in given["charges"]:
            charge["net"] = self.money(charge["amount"])
            charge["given"] = []

    def money(self, minor):
        return Decimal(minor) * self.cent

    def minor(self, amount):
        return int((amount / self.cent).to_integral_exact())

    def rounded(self, amount):
        return (amount / self.cent).quantize(Decimal(1), rounding=ROUND_HALF_UP) * self.cent

    def spread(self, amount, weights):
        """Largest remainder: whole cents down, then one more for those that lost most."""
        if not weights or amount == 0:
            return [Decimal(0)] * len(weights)
        whole = sum(weights)
        if whole == 0:
            return [amount] + [Decimal(0)] * (len(weights) - 1)
        parts, lost = [], []
        for index, weight in enumerate(weights):
            exact = amount * weight / whole
            part = (exact / self.cent).quantize(Decimal(1), rounding=ROUND_FLOOR) * self.cent
            parts.append(part)
            lost.append((-(exact - part).quantize(Decimal("1e-40")), index))
        spare = amount - sum(parts)
        for _, index in sorted(lost):
            if spare < self.cent:
                break
            parts[index] += self.cent
            spare -= self.cent
        return parts

    def shared(self, amounts, ppm):
        """Of each amount the vendors' part, the running sum rounded."""
        parts, running, before = [], Decimal(0), Decimal(0)
        for amount in amounts:
            running += amount
            upto = self.rounded(running * ppm / MILLION)
            parts.append(upto - before)
            before = upto
        return parts

    # Promotions

    def combines(self, one, other):
        if one["exclusive"] or other["exclusive"]:
            return False
        for left, right in ((one, other), (other, one)):
            if left["combines"] is not None and right["group"] not in left["combines"]:
                return False
        return True

    def scope(self, promotion):
        found = []
        for line in self.lines:
            if promotion["vendor"] is not None and promotion["vendor"] != line["vendor"]:
                continue
            if line["product"] in promotion["excluded"]:
                continue
            named = promotion["products"] or promotion["categories"]
            if named and line["product"] not in promotion["products"]:
                if not set(line["categories"]) & set(promotion["categories"]):
                    continue
            found.append(line)
        return found

    def open(self, promotion, things):
        return [t for t in things if all(self.combines(promotion, g["by"]) for g in t["given"])]

    def give(self, promotion, things, amounts):
        pairs = [(t, a) for t, a in zip(things, amounts) if a != 0]
        vendors = self.shared([a for _, a in pairs], promotion["share"])
        for (thing, amount), vendor in zip(pairs, vendors):
            if thing.get("of_order"):
                vendor = Decimal(0)
            thing["net"] -= amount
            thing["given"].append({"by": promotion, "vendor": vendor, "marketplace": amount - vendor})

    def apply(self, promotion):
        lines = self.scope(promotion)
        subtotal = sum((line["goods"] for line in lines), Decimal(0))
        quantity = sum(line["quantity"] for line in lines)
        if not lines or subtotal < self.money(promotion["minimum"]):
            return
        free = self.open(promotion, lines)
        if not free:
            return
        kind = promotion["action"]
        left = [line["net"] for line in free]
        if kind == "percentage":
            off = self.rounded(sum(left) * promotion["rate"] / MILLION)
            if promotion["most"] is not None:
                off = min(off, self.money(promotion["most"]))
            self.give(promotion, free, self.spread(min(off, sum(left)), left))
        elif kind == "amount":
            self.give(promotion, free, self.spread(min(self.money(promotion["amount"]), sum(left)), left))
        elif kind == "per_unit":
            off = self.money(promotion["amount"])
            self.give(promotion, free, [min(off * line["quantity"], line["net"]) for line in free])
        elif kind == "tiers":
            reached = [t for t in promotion["tiers"] if self.money(t["minimum"]) <= subtotal]
            if reached:
                off = self.rounded(sum(left) * reached[-1]["rate"] / MILLION)
                self.give(promotion, free, self.spread(off, left))
        elif kind == "buy_get":
            units = sum(line["quantity"] for line in free) // (promotion["buy"] + promotion["get"]) * promotion["get"]
            taken, off = [], []
            for line in sorted(free, key=lambda line: (line["net"] / line["quantity"], line["place"])):
                count = min(units, line["quantity"])
                units -= count
                if count:
                    taken.append(line)
                    off.append(self.rounded(line["net"] * count / line["quantity"] * promotion["rate"] / MILLION))
            self.give(promotion, taken, off)
        elif kind == "free_shipping":
            vendors = {line["vendor"] for line in free}
            everything = len(free) == len(self.lines) and promotion["vendor"] is None
            reached = [
                charge
                for charge in self.open(promotion, self.given["charges"])
                if charge["kind"] == "shipping"
                and (charge["vendor"] in vendors if charge["vendor"] is not None else everything)
            ]
            left = [charge["net"] for charge in reached]
            off = sum(left, Decimal(0))
            if promotion["most"] is not None:
                off = min(off, self.money(promotion["most"]))
            self.give(promotion, reached, self.spread(off, left))

    # Taxes

    def taxable_part(self, thing, price, provider):
        """What is taxed: the price less what whoever supplies gives himself, or less everything."""
        base = price
        for given in thing["given"]:
            if self.given["all_discounts"]:
                base -= given["vendor"] + given["marketplace"]
            else:
                base -= given[provider]
        return base

    def tax(self, base, included, rates, across):
        gst, cess, duty, vat = (Decimal(rates.get(k, 0)) / MILLION for k in ("gst", "cess", "sd", "vat"))
        heads = {}
        if self.given["scheme"] == "gst":
            over = 1 + gst + cess if included else Decimal(1)
            if "gst" in rates:
                if across:
                    heads["igst"] = self.rounded(base * gst / over)
                else:
                    heads["cgst"] = heads["sgst"] = self.rounded(base * gst / 2 / over)
            if "cess" in rates:
                heads["cess"] = self.rounded(base * cess / over)
            return heads, base - sum(heads.values()) if included else base
        if included:
            heads["vat"] = self.rounded(base * vat / (1 + vat))
            rest = base - heads["vat"]
            heads["sd"] = self.rounded(rest * duty / (1 + duty))
            value = rest - heads["sd"]
        else:
            value = base
            heads["sd"] = self.rounded(base * duty)
            heads["vat"] = self.rounded((base + heads["sd"]) * vat)
        return {head: heads[head] for head in heads if head in rates}, value

    def rate_of(self, line, base, across):
        for band in self.given["classes"][line["class"]]:
            heads, value = self.tax(base, line["included"], band["rates"], across)
            unit = value / line["quantity"]
            if band["above"] is not None and not unit > self.money(band["above"]):
                continue
            if band["upto"] is not None and not unit <= self.money(band["upto"]):
                continue
            return band["rates"], heads, value
        return {}, {}, base

    def price(self):
        given = self.given
        for place, line in enumerate(self.lines):
            line["place"] = place
        for charge in given["charges"]:
            charge["of_order"] = charge["vendor"] is None
        for promotion in sorted(given["promotions"], key=lambda p: (-p["priority"], p["age"])):
            self.apply(promotion)
        vendors = {line["vendor"]: Decimal(0) for line in self.lines}
        order = Decimal(0)
        told, refused = [], 0
        for line in self.lines:
            across = given["across"]
            base = self.taxable_part(line, line["goods"], "vendor")
            taxed = given["taxed"][line["vendor"]]
            line["rates"], heads, value = self.rate_of(line, base, across) if taxed else ({}, {}, base)
            refused += taxed and not line["rates"]
            line["base"] = base
            total = line["net"] + (0 if line["included"] else sum(heads.values()))
            vendors[line["vendor"]] += total
            told.append(
                {
                    "discount": self.minor(line["net"] - line["goods"]),
                    "taxable": self.minor(value),
                    "heads": {head: self.minor(amount) for head, amount in heads.items()},
                    "total": self.minor(total),
                }
            )
        charged = {}
        for charge in given["charges"]:
            amount = self.money(charge["amount"])
            if amount == 0:
                continue
            tax_total = Decimal(0)
            for share, rates in self.pieces(charge, amount):
                heads, _ = self.tax(share, charge["included"], rates, given["across"])
                for head, tax in heads.items():
                    charged[head] = charged.get(head, 0) + self.minor(tax)
                tax_total += sum(heads.values())
            total = charge["net"] + (0 if charge["included"] else tax_total)
            if charge["vendor"] is None:
                order += total
            else:
                vendors[charge["vendor"]] += total
        multiple = given["multiple"]
        parts = list(vendors.items()) + [(None, order)]
        rounding = Decimal(0)
        if multiple:
            step = self.money(multiple)
            whole = [(v, (t / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step) for v, t in parts]
            rounding = sum(t for _, t in whole) - sum(t for _, t in parts)
            parts = whole
        return {
            "lines": told,
            "charged": charged,
            "vendors": {str(v): self.minor(t) for v, t in parts if v is not None},
            "rounding": self.minor(rounding),
            "total": self.minor(sum(t for _, t in parts)),
            "refused": refused,
        }

    def pieces(self, charge, amount):
        """What of a charge is taxed at which rates."""
        if charge["provider"] == "marketplace":
            return [(self.taxable_part(charge, amount, "marketplace"), self.given["service"])]
        lines = [line for line in self.lines if line["vendor"] == charge["vendor"]]
        if self.given["highest"]:
            best = max(lines, key=lambda line: (self.effective(line["rates"]), -line["place"]))
            return [(self.taxable_part(charge, amount, "vendor"), best["rates"])]
        weights = [line["base"] for line in lines]
        if not any(weights):
            weights = [Decimal(line["quantity"]) for line in lines]
        shares = self.spread(amount, weights)
        left, taxed = list(shares), list(shares)
        for given in charge["given"]:
            parts = self.spread(given["vendor"] + given["marketplace"], left)
            own = self.spread(given["vendor"], parts)
            for index, part in enumerate(parts):
                left[index] -= part
                taxed[index] -= part if self.given["all_discounts"] else own[index]
        return [(taxed[i], line["rates"]) for i, line in enumerate(lines) if shares[i] > 0]

    def effective(self, rates):
        plain = sum(rates.get(k, 0) for k in ("gst", "cess", "sd", "vat"))
        return plain + rates.get("sd", 0) * rates.get("vat", 0) // 1_000_000


for row in sys.stdin:
    print(json.dumps(Cart(json.loads(row)).price()))
