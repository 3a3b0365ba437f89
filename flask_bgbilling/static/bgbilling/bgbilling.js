// Entry of our scripts. Each module hooks itself to data attributes and works on what htmx swaps in later.
// Pages work without any of it. Suggestions come first: Esc and Enter are theirs while a list is open. The
// focus comes last: it is for what nobody before has taken.
import "./suggestions.js";
import "./card.js";
import "./forms.js";
import "./keys.js";
import "./messages.js";
import "./pulse.js";
import "./scroll.js";
import "./search.js";
import "./focus.js";
