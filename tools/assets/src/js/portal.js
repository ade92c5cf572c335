// Enhancements only: every page works without this file.
import { lookAgain } from "./again.js";
import { disputeInPlace } from "./dispute.js";
import { focusErrorSummary } from "./errors.js";
import { listenForKeys } from "./keys.js";
import { offerCopy, sendOnce, tellUnsaved } from "./forms.js";
import { showWhatIsCalledFor } from "./shown.js";
import { countTicks } from "./ticks.js";
import { tellUploads } from "./uploads.js";

focusErrorSummary(document);
sendOnce(document);
tellUnsaved(document);
offerCopy(document);
listenForKeys(document);
tellUploads(document);
showWhatIsCalledFor(document);
countTicks(document);
lookAgain(document);
disputeInPlace(document);
