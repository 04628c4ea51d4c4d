<?php
/**
 * ShopLens in a WooCommerce theme: copy into the child theme's functions.php (without the first line where there is one).
 *
 * In wp-config.php: define( 'SHOPLENS_SERVER', 'https://lens.example' ); define( 'SHOPLENS_KEY', 'a public key' );
 * Feed: import the product CSV export; a product's id in ShopLens is then its SKU, or its number where it has none.
 */

add_action( 'wp_head', function () {
	$script = add_query_arg( 'key', rawurlencode( SHOPLENS_KEY ), SHOPLENS_SERVER . '/web/widget.js' );
	printf( '<script type="module" src="%s"></script>', esc_url( $script ) );
} );

// Below a product: what goes with it, and what could stand in for it.
add_action( 'woocommerce_after_single_product_summary', function () {
	global $product;
	$id   = $product->get_sku() ? $product->get_sku() : (string) $product->get_id();
	$lang = get_bloginfo( 'language' );
	foreach ( array( 'shoplens-goes-with' => 4, 'shoplens-similar' => 8 ) as $element => $limit ) {
		printf( '<%1$s product="%2$s" limit="%3$d" lang="%4$s"></%1$s>', $element, esc_attr( $id ), $limit, esc_attr( $lang ) );
	}
}, 15 );

// [shoplens_search] stands for the field in any page or block.
add_shortcode( 'shoplens_search', function () {
	return sprintf( '<shoplens-search limit="12" lang="%s"></shoplens-search>', esc_attr( get_bloginfo( 'language' ) ) );
} );
