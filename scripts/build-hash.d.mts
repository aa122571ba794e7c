export declare const buildHashFile: string
export declare function sourceHash(): string
export declare function isBuildFresh(): boolean
