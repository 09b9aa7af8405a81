// Values that others published. Written down, never computed: they are what our code is measured against.

const ROOTS = [
  "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "0x4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "0x76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "0xddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const LEAF_1 = "0x96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const NODE_2_4 = "0x5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const NODE_4_8 = "0x6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const LEAF_4 = "0xbc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const NODE_6_8 = "0xca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const NODE_4_6 = "0x0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const NODE_0_4 = "0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";

/** The reference tree of Certificate Transparency and transparency-dev/merkle. */
export const PUBLISHED_TREE = {
  source: "google/certificate-transparency and transparency-dev/merkle, reference tree of 8 leaves",
  leaves: [
    "0x",
    "0x00",
    "0x10",
    "0x2021",
    "0x3031",
    "0x40414243",
    "0x5051525354555657",
    "0x606162636465666768696a6b6c6d6e6f",
  ],
  roots: ROOTS.map((root, size) => ({ size, root })),
  inclusion: [
    { index: 0, size: 1, proof: [] },
    { index: 0, size: 8, proof: [LEAF_1, NODE_2_4, NODE_4_8] },
    { index: 5, size: 8, proof: [LEAF_4, NODE_6_8, NODE_0_4] },
    { index: 2, size: 3, proof: [ROOTS[2]] },
    { index: 1, size: 5, proof: [ROOTS[1], NODE_2_4, LEAF_4] },
  ],
  consistency: [
    { size1: 1, size2: 1, proof: [] },
    { size1: 1, size2: 8, proof: [LEAF_1, NODE_2_4, NODE_4_8] },
    { size1: 6, size2: 8, proof: [NODE_4_6, NODE_6_8, NODE_0_4] },
    { size1: 2, size2: 5, proof: [NODE_2_4, LEAF_4] },
  ],
};

/** RFC 4231 sections 4.2 to 4.4, 4.7 and 4.8: HMAC-SHA-256. */
export const PUBLISHED_HMAC = {
  source: "RFC 4231, HMAC-SHA-256",
  cases: [
    {
      key: `0x${"0b".repeat(20)}`,
      data: "0x4869205468657265",
      mac: "0xb0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    },
    {
      key: "0x4a656665",
      data: "0x7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      mac: "0x5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    },
    {
      key: `0x${"aa".repeat(20)}`,
      data: `0x${"dd".repeat(50)}`,
      mac: "0x773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    },
    {
      key: `0x${"aa".repeat(131)}`,
      data: "0x54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
      mac: "0x60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    },
  ],
};

/** RFC 8785 sections 3.2.2 to 3.2.4 and Appendix B: input as JSON text, and its canonical form. */
export const PUBLISHED_CANONICAL = {
  source: "RFC 8785 sections 3.2.2 and 3.2.3, and Appendix B",
  cases: [
    {
      input:
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
      canonical:
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    },
    {
      input:
        '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",' +
        '"\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
      canonical:
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
        '"€":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    },
    {
      input: "[-0, 5e-324, 9007199254740992, 295147905179352830000]",
      canonical: "[0,5e-324,9007199254740992,295147905179352830000]",
    },
  ],
};

/** Signed notes and checkpoints of others. */
export const PUBLISHED_NOTES = [
  {
    source: "golang.org/x/mod/sumdb/note",
    vkey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    note:
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
  },
];

export const PUBLISHED_CHECKPOINTS = [
  {
    source: "C2SP tlog-checkpoint (no verifier key is published with it)",
    note:
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
      "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
    checkpoint: {
      origin: "example.com/behind-the-sofa",
      size: 20852163,
      root: "0x0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62",
      extensions: [],
    },
  },
];
