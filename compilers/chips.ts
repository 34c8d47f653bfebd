/** The chips that are compiled for, and which driver opens them where they are not there. */

/** A driver of Mesa, and the library that plays its kernel driver. */
export interface Driver {
  /** As its file is named: `radeon`. */
  readonly name: 'radeon' | 'nouveau' | 'asahi' | 'freedreno';
  /** As people call it, with its compiler. */
  readonly title: string;
  /** Of the package mesa-drm-shim. */
  readonly shim: string;
}

export interface Chip {
  readonly name: string;
  readonly title: string;
  readonly driver: Driver;
  /** What makes the shim this chip. */
  readonly env: Readonly<Record<string, string>>;
}

const radeon: Driver = {
  name: 'radeon',
  title: 'RADV (ACO)',
  shim: 'libamdgpu_noop_drm_shim.so',
};
const nouveau: Driver = {
  name: 'nouveau',
  title: 'NVK (NAK)',
  shim: 'libnouveau_noop_drm_shim.so',
};
const asahi: Driver = {
  name: 'asahi',
  title: 'Honeykrisp (AGX)',
  shim: 'libasahi_noop_drm_shim.so',
};
const freedreno: Driver = {
  name: 'freedreno',
  title: 'Turnip (ir3)',
  shim: 'libfreedreno_noop_drm_shim.so',
};

const amd = (name: string, title: string): Chip => ({
  name,
  title,
  driver: radeon,
  env: { AMDGPU_GPU_ID: name },
});
const nvidia = (name: string, title: string, chipset: string): Chip => ({
  name,
  title,
  driver: nouveau,
  env: { NOUVEAU_CHIPSET: chipset },
});

export const chips: readonly Chip[] = [
  amd('navi21', 'RDNA2, Navi 21'),
  amd('navi31', 'RDNA3, Navi 31'),
  amd('gfx1201', 'RDNA4, gfx1201'),
  nvidia('ampere', 'Ampere, GA100', '170'),
  nvidia('ada', 'Ada, AD102', '192'),
  nvidia('blackwell', 'Blackwell, GB202', '1b2'),
  { name: 'm1', title: 'Apple M1', driver: asahi, env: {} },
  { name: 'adreno730', title: 'Adreno 730', driver: freedreno, env: { FD_GPU_ID: '730' } },
];
