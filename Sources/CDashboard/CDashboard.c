#include "CDashboard.h"

#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed

// Every file of Sources/Dashboard/Assets; DashboardTests compares the list with the folder.
static const unsigned char favicon_svg[] = {
#embed "../Dashboard/Assets/favicon.svg"
};
static const unsigned char js_api_js[] = {
#embed "../Dashboard/Assets/js/api.js"
};
static const unsigned char js_charts_band_js[] = {
#embed "../Dashboard/Assets/js/charts/band.js"
};
static const unsigned char js_charts_chart_js[] = {
#embed "../Dashboard/Assets/js/charts/chart.js"
};
static const unsigned char js_charts_frame_js[] = {
#embed "../Dashboard/Assets/js/charts/frame.js"
};
static const unsigned char js_charts_scale_js[] = {
#embed "../Dashboard/Assets/js/charts/scale.js"
};
static const unsigned char js_charts_shares_js[] = {
#embed "../Dashboard/Assets/js/charts/shares.js"
};
static const unsigned char js_charts_sparkline_js[] = {
#embed "../Dashboard/Assets/js/charts/sparkline.js"
};
static const unsigned char js_charts_stack_js[] = {
#embed "../Dashboard/Assets/js/charts/stack.js"
};
static const unsigned char js_charts_timeline_js[] = {
#embed "../Dashboard/Assets/js/charts/timeline.js"
};
static const unsigned char js_dashboard_js[] = {
#embed "../Dashboard/Assets/js/dashboard.js"
};
static const unsigned char js_dashboard_ending_js[] = {
#embed "../Dashboard/Assets/js/dashboard/ending.js"
};
static const unsigned char js_dashboard_lessons_js[] = {
#embed "../Dashboard/Assets/js/dashboard/lessons.js"
};
static const unsigned char js_dashboard_overview_js[] = {
#embed "../Dashboard/Assets/js/dashboard/overview.js"
};
static const unsigned char js_dashboard_presence_js[] = {
#embed "../Dashboard/Assets/js/dashboard/presence.js"
};
static const unsigned char js_dashboard_status_js[] = {
#embed "../Dashboard/Assets/js/dashboard/status.js"
};
static const unsigned char js_dashboard_students_js[] = {
#embed "../Dashboard/Assets/js/dashboard/students.js"
};
static const unsigned char js_dashboard_tile_js[] = {
#embed "../Dashboard/Assets/js/dashboard/tile.js"
};
static const unsigned char js_dom_js[] = {
#embed "../Dashboard/Assets/js/dom.js"
};
static const unsigned char js_errors_js[] = {
#embed "../Dashboard/Assets/js/errors.js"
};
static const unsigned char js_format_js[] = {
#embed "../Dashboard/Assets/js/format.js"
};
static const unsigned char js_i18n_js[] = {
#embed "../Dashboard/Assets/js/i18n.js"
};
static const unsigned char js_join_js[] = {
#embed "../Dashboard/Assets/js/join.js"
};
static const unsigned char js_join_camera_js[] = {
#embed "../Dashboard/Assets/js/join/camera.js"
};
static const unsigned char js_join_consent_js[] = {
#embed "../Dashboard/Assets/js/join/consent.js"
};
static const unsigned char js_join_sender_js[] = {
#embed "../Dashboard/Assets/js/join/sender.js"
};
static const unsigned char js_join_stage_js[] = {
#embed "../Dashboard/Assets/js/join/stage.js"
};
static const unsigned char js_join_ticker_js[] = {
#embed "../Dashboard/Assets/js/join/ticker.js"
};
static const unsigned char js_levels_js[] = {
#embed "../Dashboard/Assets/js/levels.js"
};
static const unsigned char js_live_js[] = {
#embed "../Dashboard/Assets/js/live.js"
};
static const unsigned char js_locales_en_js[] = {
#embed "../Dashboard/Assets/js/locales/en.js"
};
static const unsigned char js_locales_zh_js[] = {
#embed "../Dashboard/Assets/js/locales/zh.js"
};
static const unsigned char js_reading_js[] = {
#embed "../Dashboard/Assets/js/reading.js"
};
static const unsigned char js_report_js[] = {
#embed "../Dashboard/Assets/js/report.js"
};
static const unsigned char js_report_choice_js[] = {
#embed "../Dashboard/Assets/js/report/choice.js"
};
static const unsigned char js_report_compare_js[] = {
#embed "../Dashboard/Assets/js/report/compare.js"
};
static const unsigned char js_report_export_js[] = {
#embed "../Dashboard/Assets/js/report/export.js"
};
static const unsigned char js_report_reading_js[] = {
#embed "../Dashboard/Assets/js/report/reading.js"
};
static const unsigned char js_report_summary_js[] = {
#embed "../Dashboard/Assets/js/report/summary.js"
};
static const unsigned char js_rule_js[] = {
#embed "../Dashboard/Assets/js/rule.js"
};
static const unsigned char js_shell_js[] = {
#embed "../Dashboard/Assets/js/shell.js"
};
static const unsigned char js_signin_js[] = {
#embed "../Dashboard/Assets/js/signin.js"
};
static const unsigned char js_sse_js[] = {
#embed "../Dashboard/Assets/js/sse.js"
};
static const unsigned char js_storage_js[] = {
#embed "../Dashboard/Assets/js/storage.js"
};
static const unsigned char js_support_js[] = {
#embed "../Dashboard/Assets/js/support.js"
};
static const unsigned char js_theme_js[] = {
#embed "../Dashboard/Assets/js/theme.js"
};
static const unsigned char js_token_js[] = {
#embed "../Dashboard/Assets/js/token.js"
};
static const unsigned char page_html[] = {
#embed "../Dashboard/Assets/page.html"
};
static const unsigned char style_base_css[] = {
#embed "../Dashboard/Assets/style/base.css"
};
static const unsigned char style_charts_css[] = {
#embed "../Dashboard/Assets/style/charts.css"
};
static const unsigned char style_dashboard_css[] = {
#embed "../Dashboard/Assets/style/dashboard.css"
};
static const unsigned char style_join_css[] = {
#embed "../Dashboard/Assets/style/join.css"
};
static const unsigned char style_report_css[] = {
#embed "../Dashboard/Assets/style/report.css"
};

static const struct dashboard_asset assets[] = {
    {"favicon.svg", favicon_svg, sizeof favicon_svg},
    {"js/api.js", js_api_js, sizeof js_api_js},
    {"js/charts/band.js", js_charts_band_js, sizeof js_charts_band_js},
    {"js/charts/chart.js", js_charts_chart_js, sizeof js_charts_chart_js},
    {"js/charts/frame.js", js_charts_frame_js, sizeof js_charts_frame_js},
    {"js/charts/scale.js", js_charts_scale_js, sizeof js_charts_scale_js},
    {"js/charts/shares.js", js_charts_shares_js, sizeof js_charts_shares_js},
    {"js/charts/sparkline.js", js_charts_sparkline_js, sizeof js_charts_sparkline_js},
    {"js/charts/stack.js", js_charts_stack_js, sizeof js_charts_stack_js},
    {"js/charts/timeline.js", js_charts_timeline_js, sizeof js_charts_timeline_js},
    {"js/dashboard.js", js_dashboard_js, sizeof js_dashboard_js},
    {"js/dashboard/ending.js", js_dashboard_ending_js, sizeof js_dashboard_ending_js},
    {"js/dashboard/lessons.js", js_dashboard_lessons_js, sizeof js_dashboard_lessons_js},
    {"js/dashboard/overview.js", js_dashboard_overview_js, sizeof js_dashboard_overview_js},
    {"js/dashboard/presence.js", js_dashboard_presence_js, sizeof js_dashboard_presence_js},
    {"js/dashboard/status.js", js_dashboard_status_js, sizeof js_dashboard_status_js},
    {"js/dashboard/students.js", js_dashboard_students_js, sizeof js_dashboard_students_js},
    {"js/dashboard/tile.js", js_dashboard_tile_js, sizeof js_dashboard_tile_js},
    {"js/dom.js", js_dom_js, sizeof js_dom_js},
    {"js/errors.js", js_errors_js, sizeof js_errors_js},
    {"js/format.js", js_format_js, sizeof js_format_js},
    {"js/i18n.js", js_i18n_js, sizeof js_i18n_js},
    {"js/join.js", js_join_js, sizeof js_join_js},
    {"js/join/camera.js", js_join_camera_js, sizeof js_join_camera_js},
    {"js/join/consent.js", js_join_consent_js, sizeof js_join_consent_js},
    {"js/join/sender.js", js_join_sender_js, sizeof js_join_sender_js},
    {"js/join/stage.js", js_join_stage_js, sizeof js_join_stage_js},
    {"js/join/ticker.js", js_join_ticker_js, sizeof js_join_ticker_js},
    {"js/levels.js", js_levels_js, sizeof js_levels_js},
    {"js/live.js", js_live_js, sizeof js_live_js},
    {"js/locales/en.js", js_locales_en_js, sizeof js_locales_en_js},
    {"js/locales/zh.js", js_locales_zh_js, sizeof js_locales_zh_js},
    {"js/reading.js", js_reading_js, sizeof js_reading_js},
    {"js/report.js", js_report_js, sizeof js_report_js},
    {"js/report/choice.js", js_report_choice_js, sizeof js_report_choice_js},
    {"js/report/compare.js", js_report_compare_js, sizeof js_report_compare_js},
    {"js/report/export.js", js_report_export_js, sizeof js_report_export_js},
    {"js/report/reading.js", js_report_reading_js, sizeof js_report_reading_js},
    {"js/report/summary.js", js_report_summary_js, sizeof js_report_summary_js},
    {"js/rule.js", js_rule_js, sizeof js_rule_js},
    {"js/shell.js", js_shell_js, sizeof js_shell_js},
    {"js/signin.js", js_signin_js, sizeof js_signin_js},
    {"js/sse.js", js_sse_js, sizeof js_sse_js},
    {"js/storage.js", js_storage_js, sizeof js_storage_js},
    {"js/support.js", js_support_js, sizeof js_support_js},
    {"js/theme.js", js_theme_js, sizeof js_theme_js},
    {"js/token.js", js_token_js, sizeof js_token_js},
    {"page.html", page_html, sizeof page_html},
    {"style/base.css", style_base_css, sizeof style_base_css},
    {"style/charts.css", style_charts_css, sizeof style_charts_css},
    {"style/dashboard.css", style_dashboard_css, sizeof style_dashboard_css},
    {"style/join.css", style_join_css, sizeof style_join_css},
    {"style/report.css", style_report_css, sizeof style_report_css},
};

const struct dashboard_asset *dashboard_asset_at(size_t index) {
    return index < sizeof assets / sizeof *assets ? &assets[index] : NULL;
}
