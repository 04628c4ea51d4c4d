<?php
/**
 * ShopLens in a WooCommerce theme: copy into the child theme's functions.php (without the first line where there is one).
 *
 * In wp-config.php: define( 'SHOPLENS_SERVER', 'https://lens.example' ); define( 'SHOPLENS_KEY', 'a public key' );
 * Feed: import the product CSV export; a product's id in ShopLens is then its SKU, or its number where it has none.
 */

add_action( 'wp_head', function () {
	if ( ! defined( 'SHOPLENS_SERVER' ) || ! defined( 'SHOPLENS_KEY' ) ) {
		return;
	}
	$script = add_query_arg( 'key', rawurlencode( SHOPLENS_KEY ), SHOPLENS_SERVER . '/web/widget.js' );
	printf( '<script type="module" src="%s"></script>', esc_url( $script ) );
} );

// The export does not say where a product's page is: a result leads through this address, which finds it.
add_action( 'template_redirect', function () {
	if ( ! isset( $_GET['shoplens'] ) ) {
		return;
	}
	$name = sanitize_text_field( wp_unslash( $_GET['shoplens'] ) );
	$id   = wc_get_product_id_by_sku( $name );
	$id   = $id ? $id : absint( $name );
	// Of no post in particular, get_permalink() gives the address of the page that is being made.
	$link = $id ? get_permalink( $id ) : false;
	wp_safe_redirect( $link ? $link : wc_get_page_permalink( 'shop' ) );
	exit;
} );

// Below a product: what goes with it, and what could stand in for it.
add_action( 'woocommerce_after_single_product_summary', function () {
	global $product;
	$id = $product->get_sku() ? $product->get_sku() : (string) $product->get_id();
	foreach ( array( 'shoplens-goes-with' => 4, 'shoplens-similar' => 8 ) as $element => $limit ) {
		echo shoplens_element( $element, $limit, array( 'product' => $id ) );
	}
}, 15 );

// [shoplens_search] stands for the field in any page or block.
add_shortcode( 'shoplens_search', function () {
	return shoplens_element( 'shoplens-search', 12 );
} );

function shoplens_element( $element, $limit, $more = array() ) {
	$all  = $more + array(
		'limit' => $limit,
		'lang'  => get_bloginfo( 'language' ),
		'link'  => home_url( '/?shoplens={listing}' ),
	);
	$text = '';
	foreach ( $all as $name => $value ) {
		// esc_url() would take the braces away.
		$text .= sprintf( ' %s="%s"', $name, esc_attr( $value ) );
	}
	return "<{$element}{$text}></{$element}>";
}
