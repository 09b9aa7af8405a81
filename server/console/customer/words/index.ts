import { words } from "../../shared/locale.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { onboardingAr } from "./onboarding-ar.ts";
import { onboardingEn } from "./onboarding-en.ts";
import { reasons, weakness } from "./reasons.ts";

export const texts = words({ en, ar });
export const onboardingTexts = words({ en: onboardingEn, ar: onboardingAr });
export const reasonTexts = words(reasons);
export const weakTexts = words(weakness);
