import { expect } from "chai";
import fc from "fast-check";
import { sanitizeDevice } from "../../server/domain/device.ts";
import type { DeviceMetadata } from "../../server/domain/device.ts";

const platform = (text: string) => sanitizeDevice({ platform: text }).platform;

describe("device metadata", () => {
  it("passes as the seed's examples have it", () => {
    const seed = {
      platform: "ios",
      version: "1.0.0",
      deviceId: "device-123",
      sessionId: "session-123",
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
      ipAddress: "192.168.1.100",
    };
    expect(sanitizeDevice(seed)).to.deep.equal(seed);
  });

  it("keeps other scripts, accents and emoji", () => {
    expect(platform("أندرويد – Ångström 📱")).to.equal("أندرويد – Ångström 📱");
  });

  it("loses fields that nobody knows, inherited ones among them", () => {
    const claimed = { platform: "ios", pin: "123789", nested: { otp: "1" }, constructor: "x" };
    expect(sanitizeDevice(claimed)).to.deep.equal({ platform: "ios" });
    const hostile = JSON.parse('{"__proto__": {"polluted": true}, "version": "1"}') as DeviceMetadata;
    expect(sanitizeDevice(hostile)).to.deep.equal({ version: "1" });
    expect({}).not.to.have.property("polluted");
  });

  it("cannot forge a line, a terminal command or an end of text", () => {
    expect(platform("ios\r\nFRA_PIN_SET_SUCCESS\u0085x\u2028y\u2029z")).to.equal("iosFRA_PIN_SET_SUCCESSxyz");
    expect(platform("\u001b[2Jios\0\u007f\u009b1m")).to.equal("[2Jios1m");
  });

  it("cannot turn the reading direction or hide characters", () => {
    const invisible =
      "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d\u2060\ufeff\u00ad";
    expect(platform(`i${invisible}os`)).to.equal("ios");
    expect(platform("ios\u{e0041}\u{e007f}"), "tags").to.equal("ios");
  });

  it("has a UTF-8 form: lone surrogates become the replacement character, in either order", () => {
    expect(platform("a\ud800b\udc00c")).to.equal("a\ufffdb\ufffdc");
    expect(platform("\udc00\ud800")).to.equal("\ufffd\ufffd");
  });

  it("never makes a whole character of two halves by removing what is between them", () => {
    expect(platform("\ud83d\u0000\udcf1")).to.equal("\ufffd\ufffd");
  });

  it("keeps 256 characters of each field, and never half of one", () => {
    expect(platform("x".repeat(256))).to.have.length(256);
    expect(platform("x".repeat(257))).to.have.length(256);
    expect(platform("📱".repeat(300))).to.equal("📱".repeat(256));
    expect(platform("\u0000".repeat(1000) + "ios"), "counted after cleaning").to.equal("ios");
  });

  it("has no empty fields", () => {
    expect(sanitizeDevice({ platform: "", version: "\n\u200b", deviceId: "d" })).to.deep.equal({
      deviceId: "d",
    });
    expect(sanitizeDevice({})).to.deep.equal({});
  });

  it("is bounded, well-formed, printable, and not changed by a second cleaning, whatever is claimed", () => {
    const anything = fc.string({
      unit: fc.oneof(fc.nat(0xffff), fc.nat(0x7f)).map((c) => String.fromCharCode(c)),
    });
    const fields = { platform: anything, deviceId: anything, userAgent: anything, other: anything };
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), (claimed) => {
        const clean = sanitizeDevice(claimed);
        expect(sanitizeDevice(clean)).to.deep.equal(clean);
        for (const text of Object.values(clean) as string[]) {
          expect(text.isWellFormed()).to.equal(true);
          expect([...text].length).to.be.within(1, 256);
          expect(text).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
