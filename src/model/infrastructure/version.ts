/** 1.1 is GFD.184 (2011), 1.2 is GFD.224 (2016). */
export type OcciVersion = '1.1' | '1.2'
