import { expect } from "chai";
import fc from "fast-check";
import { accountName, principalOf } from "../../server/domain/principal.ts";
import type { Claims } from "../../server/domain/principal.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const T = NOW / 1000;
const good = { iss: "i", sub: "alice", sid: "s", jti: "t", iat: T, exp: T + 60 };
const read = (changes: Claims = {}) => principalOf({ ...good, ...changes }, NOW);

describe("The principal of a token", () => {
  it("is an account in a session, by sid before jti", () => {
    const nobodySpecial = { authTime: null, roles: [], phone: null, expiresAt: NOW + 60_000 };
    const alice = { issuer: "i", subject: "alice", ...nobodySpecial };
    expect(read()).to.deep.equal({ ...alice, sessionId: "s" });
    expect(read({ sid: undefined })).to.deep.equal({ ...alice, sessionId: "t" });
    expect(read({ auth_time: T - 30 })).to.include({ authTime: NOW - 30_000 });
  });

  it("has a phone only when the issuer has verified it, and it is a mobile's", () => {
    const phone = (number: unknown, verified: unknown) =>
      read({ phone_number: number, phone_number_verified: verified });
    expect(phone("+201234567890", true)).to.include({ phone: "+201234567890" });
    for (const verified of [undefined, false, "true", 1, null])
      expect(phone("+201234567890", verified)).to.include({ phone: null });
    for (const number of [undefined, "01234567890", "+20 123 456 7890", "+20223456789", 201234567890, null])
      expect(phone(number, true)).to.include({ phone: null });
  });

  it("has the roles that are listed, and none for what only looks like a list", () => {
    expect(read({ roles: ["admin", "user"] })).to.deep.include({ roles: ["admin", "user"] });
    expect(read({ roles: ["user", ["admin"], { value: "admin" }] })).to.deep.include({ roles: ["user"] });
    for (const roles of ["admin", "administrator", { admin: true }, { 0: "admin", length: 1 }, true, null])
      expect(read({ roles })).to.deep.include({ roles: [] });
  });

  it("is whole or not there at all, whatever the claims are", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(T, T + 1e6, NOW, Infinity, -1, "x"), fc.string());
    const names = ["iss", "sub", "sid", "jti", "iat", "exp", "auth_time", "roles", "phone_number"];
    const claims = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(claims, fc.boolean(), (changes, verified) => {
        const principal = read({ ...changes, phone_number_verified: verified });
        if ("flaw" in principal) return;
        const { issuer, subject, sessionId, authTime, expiresAt, roles } = principal;
        for (const name of [issuer, subject, sessionId]) expect(name.length).to.be.within(1, 255);
        expect(new Date(expiresAt).getTime(), "a time").not.to.be.NaN;
        expect(authTime ?? NOW).to.be.within(0, NOW + 5_000);
        expect(roles.every((role) => typeof role === "string")).to.equal(true);
      }),
    );
  });
});

describe("The name of an account", () => {
  it("is another for every other issuer and subject, however they are chosen", () => {
    const part = fc.string({
      unit: fc.constantFrom("a", '"', ",", "\\", "\0", "[", "]", "\ud800", "\ufffd"),
    });
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        const same = a === c && b === d;
        // In UTF-8, which is what is hashed: there a lone surrogate is a replacement character.
        const bytes = (issuer: string, subject: string) =>
          Buffer.from(accountName(issuer, subject)).toString("hex");
        expect(bytes(a, b) === bytes(c, d)).to.equal(same);
      }),
      { numRuns: 2_000 },
    );
    expect(accountName('a","b', "c")).not.to.equal(accountName("a", 'b","c'));
    expect(Buffer.from(accountName("a", "\ud800"))).not.to.deep.equal(
      Buffer.from(accountName("a", "\ufffd")),
    );
  });
});
