/**
 * ShopLens in any page: `<shoplens-search>`, `<shoplens-similar product="ID">`, `<shoplens-goes-with product="ID">`.
 *
 * `<script type="module" src="SERVER/web/widget.js?key=PUBLIC_KEY"></script>`
 */

import "./widget/product-row.js";
import "./widget/search-box.js";
